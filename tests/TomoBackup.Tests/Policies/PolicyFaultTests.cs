using TomoBackup.Policies;

namespace TomoBackup.Tests.Policies;

/// <summary>What is wrong with a policy is told at its place, with what was expected and what was meant.</summary>
public sealed class PolicyFaultTests
{
    [Theory]
    [InlineData("heartbeat: 15min", "'clusters.main.heartbeat' must be a duration such as 90s, 15m, 4h, 30d or 12mo, "
        + "not '15min'; did you mean '15m'?")]
    [InlineData("heartbeat: 300", "'clusters.main.heartbeat' must be a duration such as 90s, 15m, 4h, 30d or 12mo, "
        + "not '300'; did you mean '300s'?")]
    [InlineData("heartbeat: soon", "'clusters.main.heartbeat' must be a duration such as 90s, 15m, 4h, 30d or 12mo, "
        + "not 'soon'")]
    [InlineData("full: '0 2 * *'", "'0 2 * *' has 4 fields; a schedule is a cron expression of five fields in UTC, "
        + "such as \"0 2 * * *\"")]
    [InlineData("full: '0 0 2 * * *'", "'0 0 2 * * *' has 6 fields; a schedule is a cron expression of five fields in "
        + "UTC, such as \"0 2 * * *\"; did you mean \"0 2 * * *\"?")]
    [InlineData("full: '@daily'", "'@daily' is a macro; write it out: \"0 0 * * *\"")]
    [InlineData("full: '0 2 30 2 *'", "'0 2 30 2 *' never runs: no such day comes")]
    [InlineData("databases: []", "'clusters.main.databases' needs at least one")]
    [InlineData("databases: [a, b, a]", "'a' stands twice in 'clusters.main.databases'")]
    [InlineData("databases: tomo", "'clusters.main.databases' must be a list, not a single value")]
    [InlineData("objectives: hosted", "the policy has no objective 'hosted'; it names none")]
    [InlineData("wal: { archive_timout: 5m }", "unknown key 'archive_timout' in 'clusters.main.wal'; did you mean "
        + "'archive_timeout'?")]
    [InlineData("wal: 5m", "'clusters.main.wal' must be a section with keys (archive_timeout, offsite_within), "
        + "not a single value")]
    [InlineData("wal:", "'clusters.main.wal' must be a section with keys (archive_timeout, offsite_within), "
        + "not nothing")]
    public void Tells_what_is_wrong_with_a_cluster(string line, string expected)
        => Assert.Equal(expected, OnlyFault(PolicyText.Least.Replace(
            "main: { connection: host=/tmp }",
            $"main:\n    connection: host=/tmp\n    {line}",
            StringComparison.Ordinal)));

    [Fact]
    public void Tells_the_reason_of_cron_itself()
        => Assert.StartsWith(
            "'61 2 * * *' is not a cron expression of five fields in UTC, such as \"0 2 * * *\": ",
            OnlyFault(PolicyText.Least.Replace(
                "host=/tmp }", "host=/tmp, full: '61 2 * * *' }", StringComparison.Ordinal)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("volume: { alert_above: 0% }",
        "'repositories.local.volume.alert_above' must be a percentage from 1% to "
        + "100%, not '0%'")]
    [InlineData("volume: { alert_above: 101% }", "'repositories.local.volume.alert_above' must be a percentage from 1% "
        + "to 100%, not '101%'")]
    [InlineData("volume: { alert_above: 80 }",
        "'repositories.local.volume.alert_above' must be a percentage from 1% to "
        + "100%, not '80'; did you mean '80%'?")]
    [InlineData("volume: { encrypted: luks2 }", "'repositories.local.volume.encrypted' must be luks or none, not "
        + "'luks2'; did you mean 'luks'?")]
    [InlineData("volume: { separate: yes }", "'repositories.local.volume.separate' must be true or false, not 'yes'; "
        + "did you mean 'true'?")]
    [InlineData("follows: local", "'local' follows itself, so nobody writes it")]
    [InlineData("follows: offsite", "the policy has no repository 'offsite'; it names local")]
    [InlineData("endpoint: 'https://s3.example.org'", "'endpoint' is for stores of scheme s3, and 'local' is "
        + "'file:///backup'")]
    [InlineData("lifecycle: { wal: 45d }", "'lifecycle' is for stores of scheme s3 or rclone, and 'local' is "
        + "'file:///backup'")]
    public void Tells_what_is_wrong_with_a_repository(string key, string expected)
        => Assert.Equal(expected, OnlyFault(PolicyText.Least.Replace(
            "/backup\"", $"/backup\", {key}", StringComparison.Ordinal)));

    [Theory]
    [InlineData("access_key: { file: /k }", "'repositories.far' has 'access_key' without 'secret_key'")]
    [InlineData("access_key: { file: /k }, secret_key: { file: /k, credential: k }",
        "'repositories.far.secret_key' has 'file' and 'credential'; only one of them may stand")]
    [InlineData("access_key: { file: /k }, secret_key: {}",
        "'repositories.far.secret_key' needs one of 'file', 'credential', 'command'")]
    [InlineData("volume: { encrypted: luks }", "'volume' is for stores of scheme file, and 'far' is 's3://bucket'")]
    [InlineData("lifecycle: { bakup: 120d }", "unknown key 'bakup' in 'repositories.far.lifecycle'; did you mean "
        + "'backup'?")]
    [InlineData("endpoint: s3.example.org", "'repositories.far.endpoint' must be an address that begins with https:// "
        + "or http://, without user and password")]
    [InlineData("follows: locl", "the policy has no repository 'locl'; did you mean 'local'?")]
    public void Tells_what_is_wrong_with_a_bucket(string key, string expected)
        => Assert.Equal(expected, OnlyFault($"{PolicyText.Least}\n  far: {{ store: 's3://bucket', {key} }}"));

    [Fact]
    public void Refuses_a_circle_of_repositories_that_follow_each_other()
        => Assert.Equal(
            ["'a' follows itself, so nobody writes it", "'b' follows itself, so nobody writes it"],
            Faults($$"""
                {{PolicyText.Least}}
                  a: { store: "file:///a", follows: b }
                  b: { store: "file:///b", follows: a }
                  c: { store: "file:///c", follows: a }
                """));

    [Fact]
    public void Refuses_two_names_for_one_store()
        => Assert.Equal(
            "'second' and 'local' are the same store",
            OnlyFault($"{PolicyText.Least}\n  second: {{ store: \"file:///backup/\" }}"));

    [Theory]
    [InlineData("retention: { wal: 7 }", "'retention.wal' must be a duration such as 30d, or forever, not '7'; did you "
        + "mean '7d'?")]
    [InlineData("retention: { wal: for ever }", "'retention.wal' must be a duration such as 30d, or forever, not "
        + "'for ever'; did you mean 'forever'?")]
    [InlineData("retention: { wal: [7d] }", "'retention.wal' must be a duration such as 30d, or forever, or a section, "
        + "not a list")]
    [InlineData("retention: { wal: { lokal: 7d } }", "the policy has no repository 'lokal'; did you mean 'local'?")]
    [InlineData("retention: { backup: { mothly: 3d } }",
        "the policy has no repository 'mothly'; did you mean 'monthly'?")]
    [InlineData("retention: { backup: { monthly: 0 } }", "'retention.backup.monthly' must be a whole number from 1 to "
        + "10000, not '0'")]
    [InlineData("retention: { backup: { local: {} } }",
        "'retention.backup.local' needs at least one of 'age', 'count', "
        + "'daily', 'weekly', 'monthly', 'yearly'")]
    [InlineData("objectives: { hosted: { rto: 4h } }", "'objectives.hosted.rpo' is missing")]
    [InlineData("policy: { effective: 2026-3-2 }", "'policy.effective' must be a date such as 2026-03-02, not "
        + "'2026-3-2'; did you mean '2026-03-02'?")]
    [InlineData("policy: { effective: 2026-02-30 }", "'policy.effective' must be a date such as 2026-03-02, not "
        + "'2026-02-30'")]
    [InlineData("tests: { restore: { repository: local } }", "'tests.restore' needs one of 'at', 'every'")]
    [InlineData("tests: { restore: { every: 7d, choose: [lates] } }", "'tests.restore.choose[0]' must be latest or "
        + "random or oldest, not 'lates'; did you mean 'latest'?")]
    [InlineData("tests: { drill: { every: 12mo, repository: far } }",
        "the policy has no repository 'far'; it names local")]
    [InlineData("tests: { restore: { every: 7d, queries: [{ database: a, sql: b }] } }",
        "'tests.restore.queries[0].expect' is missing")]
    [InlineData("configuration: { forge: { forgejo: 'https://a.example.org' } }", "'configuration.forge' needs one of "
        + "'at', 'every', 'on'")]
    [InlineData("configuration: { forge: { on: 1h } }", "'configuration.forge' needs one of 'forgejo', 'authentik', "
        + "'grafana', 'prometheus', 'woodpecker', 'files'")]
    [InlineData("alerts: { email: { to: [me], smtp: 'smtp://localhost' } }", "'alerts.email.to[0]' must be a mail "
        + "address, not 'me'")]
    [InlineData("alerts: { email: { to: [me@example.org] } }", "'alerts.email.smtp' is missing")]
    [InlineData("compliance: { framework: soc3 }", "'compliance.framework' must be soc2, not 'soc3'; did you mean "
        + "'soc2'?")]
    [InlineData("backup: { max_chain: 0 }", "'backup.max_chain' must be a whole number from 1 to 10000, not '0'")]
    [InlineData("encryption: { identity: { command: x } }", null)]
    public void Tells_what_is_wrong_elsewhere(string section, string? expected)
    {
        var faults = Faults($"{PolicyText.Least}\n{section}");

        if (expected is null)
            Assert.Equal(2, faults.Count);
        else
            Assert.Equal(expected, Assert.Single(faults));
    }

    [Theory]
    [InlineData("{ count: 3 }", 6, 21, "'count' cannot stand in 'retention.wal'")]
    [InlineData("{ age: 7d, monthly: 12 }", 6, 30, "'monthly' cannot stand in 'retention.wal'")]
    [InlineData("{ local: { yearly: 1 } }", 6, 30, "'yearly' cannot stand in 'retention.wal.local'")]
    public void WAL_is_kept_by_age_and_by_nothing_else(string rule, int line, int column, string expected)
    {
        var finding = PolicyFile.Parse($"{PolicyText.Least}\nretention: {{ wal: {rule} }}").Findings
            .Single(fault => fault.Message.Contains("cannot stand", StringComparison.Ordinal));

        Assert.Equal((line, column), (finding.Line, finding.Column));
        Assert.Equal(
            $"{expected}: WAL is kept without a gap, for an age such as 7d, or forever", finding.Message);
    }

    [Fact]
    public void A_repository_cannot_be_called_as_a_part_of_a_rule()
        => Assert.Equal(
            "no repository can be called 'daily': 'retention' would read it as part of a rule",
            OnlyFault(PolicyText.Least.Replace("local:", "daily:", StringComparison.Ordinal)));

    [Theory]
    [InlineData("access_key: hunter2")]
    [InlineData("access_key: [hunter2]")]
    [InlineData("access_key: { file: hunter2 }")]
    [InlineData("access_key: { vault: hunter2 }, follows: nobody")]
    [InlineData("acess_key: hunter2")]
    [InlineData("token: hunter2, follows: nobody")]
    [InlineData("endpoint: 'https://127.0.0.1:hunter2@s3.example.org'")]
    [InlineData("endpoint: 'me:hunter2@s3.example.org'")]
    public void Never_prints_a_secret_that_was_written_where_it_is_named(string key)
    {
        var findings = PolicyFile
            .Parse($"{PolicyText.Least}\n  far: {{ store: 's3://bucket', {key} }}").Findings;

        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.DoesNotContain("hunter2", finding.Message + finding.Excerpt));
    }

    [Theory]
    [InlineData("wal: 7d", "local 7d, far 7d")]
    [InlineData("wal: { age: 7d }", "local 7d, far 7d")]
    [InlineData("backup: { age: 7d, count: 3, daily: 7, weekly: 5, monthly: 12, yearly: 10 }",
        "local 7d 3 7 5 12 10, far 7d 3 7 5 12 10")]
    [InlineData("backup: { local: 7d, far: { count: 2 } }", "local 7d, far 2")]
    [InlineData("wal: { far: forever }", "far forever")]
    [InlineData("dump: 7d", "")]
    public void Reads_each_form_of_a_retention_rule(string tier, string expected)
    {
        var reading = PolicyFile.Parse(
            $"{PolicyText.Least}\n  far: {{ store: 's3://bucket' }}\nretention: {{ {tier} }}");

        Assert.Empty(reading.Findings);
        Assert.Equal(
            expected,
            string.Join(", ", reading.Policy!.Retention.Wal.Concat(reading.Policy.Retention.Backup)
                .Select(pair => Told(pair.Key, pair.Value))));
    }

    [Fact]
    public void Reads_rules_of_a_bucket_for_prefixes_that_it_does_not_know()
    {
        var reading = PolicyFile.Parse($$"""
            {{PolicyText.Least}}
              far: { store: "s3://bucket", lifecycle: { wal: 45d, "": 90d, "keys/": 1mo } }
            """);

        Assert.Empty(reading.Findings);
        Assert.Equal(
            [("", "90d"), ("keys/", "1mo")],
            reading.Policy!.Repositories[1].Lifecycle!.Others.Select(pair => (pair.Key, $"{pair.Value}")));
    }

    static string Told(string repository, RetentionRule rule)
        => string.Join(' ', new[]
        {
            repository, $"{rule.Age}", $"{rule.Count}", $"{rule.Daily}", $"{rule.Weekly}", $"{rule.Monthly}",
            $"{rule.Yearly}", rule.Forever ? "forever" : "",
        }.Where(word => word.Length > 0));

    static string OnlyFault(string text) => Assert.Single(Faults(text));

    static IReadOnlyList<string> Faults(string text)
        => [.. PolicyFile.Parse(text).Findings.Select(finding => finding.Message)];
}
