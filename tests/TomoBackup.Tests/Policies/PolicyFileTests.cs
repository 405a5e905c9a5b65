using TomoBackup.Policies;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Policies;

public sealed class PolicyFileTests
{
    const string Least = PolicyText.Least;

    const string Recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    const string OtherRecipient = "age1tv9vzt5aq2lmp3ekgd3jstkzsr7gdjx9nyvf3mmryd7ttc7a0qpqpyfhfl";

    [Fact]
    public void Binds_the_least_policy_with_its_defaults()
    {
        var policy = Read(Least);

        var cluster = Assert.Single(policy.Clusters);
        Assert.Equal("main", cluster.Name);
        Assert.Equal("/tmp", cluster.Connection.Host);
        Assert.Equal(5432, cluster.Connection.Port);
        Assert.Null(cluster.DataDirectory);
        Assert.Equal("file:///backup", Assert.Single(policy.Repositories).Store.ToString());
        Assert.Empty(policy.Encryption.Recipients);
        Assert.Null(policy.Encryption.IdentityFile);
        Assert.Null(policy.StateDirectory);
        Assert.Null(policy.Backup.Workers);
        Assert.Equal(1, policy.Backup.CompressionLevel);
    }

    [Fact]
    public void Binds_every_key_that_is_executed()
    {
        var policy = Read($$"""
            version: 1
            clusters:
              main:
                connection: host=/var/run/postgresql port=5433 user=tomo_backup dbname=postgres
                data_directory: /var/lib/postgresql/18/main/
              other-2: { connection: "port = 1 application_name='a b'" }
            repositories:
              local: { store: "file:///backup/" }
            encryption:
              identity: { file: /etc/tomo-backup/recovery.key }
              recipients: [{{Recipient}}, {{OtherRecipient}}]
            state_directory: /srv/state
            backup: { workers: 2, compression_level: 3 }
            """);

        Assert.Equal(["main", "other-2"], policy.Clusters.Select(cluster => cluster.Name));
        Assert.Equal("/var/lib/postgresql/18/main", policy.Clusters[0].DataDirectory);
        Assert.Equal("tomo_backup", policy.Clusters[0].Connection.User);
        Assert.Equal("a b", policy.Clusters[1].Connection.Parameters["application_name"]);
        Assert.Equal("/backup", policy.Repositories[0].Store.Path);
        Assert.Equal("/etc/tomo-backup/recovery.key", policy.Encryption.IdentityFile);
        Assert.Equal([Recipient, OtherRecipient], policy.Encryption.Recipients);
        Assert.Equal("/srv/state", policy.StateDirectory);
        Assert.Equal((2, 3), (policy.Backup.Workers, policy.Backup.CompressionLevel));
    }

    [Fact]
    public void Tells_all_faults_at_once_with_place_and_excerpt()
        => Approval.Verify(Report("""
            version: 2
            clusters:
              main:
                conection: host=/tmp
                data_directory: pgdata
                wal: { archive_timeout: 5min }
                full: "0 2 30 2 *"
                objectives: hostd
              Main: { connection: host=/tmp host=/run prot=5432 port=0 }
              empty:
            objectives: { hosted: { rto: 4h, rpo: 1h } }
            repositories:
              local: { store: "s3://tomo-backups", follows: ofsite, volume: { alert_above: 80 } }
              offsite: { store: backup, secret_key: hunter2 }
            encryption:
              identity: /etc/tomo-backup/recovery.key
              recipients: [age1short]
            retention: { wal: { local: 7days, ofsite: 30d } }
            stat_directory: /srv/state
            backup: { workers: many, compression_level: 30, workers: 2 }
            banana: yellow
            """), "policy-faults");

    [Theory]
    [InlineData("", "the policy is empty")]
    [InlineData("# nothing\n", "the policy is empty")]
    [InlineData("- a\n- b", "the policy must be a section with keys, not a list")]
    [InlineData("version: 1\nclusters: {\n", "not readable as YAML")]
    [InlineData("version: 1\n\tclusters: 2", "not readable as YAML")]
    [InlineData(Least + "\n---\nversion: 1", "a second YAML document begins here")]
    [InlineData("version: &v 1", "anchor '&v' is not allowed")]
    [InlineData("version: !int 1", "tag '!int' is not allowed")]
    [InlineData("version: 1\nclusters: *all", "alias '*all' is not allowed")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "nested too deeply")]
    public void Refuses_what_is_no_policy(string text, string expected)
    {
        var reading = PolicyFile.Parse(text);

        Assert.Null(reading.Policy);
        Assert.Contains(reading.Findings, finding => finding.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("main: { connection: 'host=/tmp password=hunter2' }")]
    [InlineData("main: { connection: 'host=/tmp pasword=hunter2' }")]
    [InlineData("main:\n    connection:\n      host=/tmp pasword=hunter2")]
    [InlineData("main: { connection: 'postgres://me:hunter2@db/postgres' }")]
    [InlineData("main: { connection: 'host=/tmp password=hunter2', conection: 1 }")]
    [InlineData("main: { connection: 'password=hunter2' \"x\" }")]
    [InlineData("main: { connection: 'user=x port=hunter2' }")]
    public void Never_prints_what_may_be_a_password(string cluster)
    {
        var findings = PolicyFile.Parse(Least.Replace(
            "main: { connection: host=/tmp }", cluster, StringComparison.Ordinal)).Findings;

        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.DoesNotContain("hunter2", finding.Message + finding.Excerpt));
    }

    [Fact]
    public void Never_prints_a_secret_age_key_or_credentials_of_a_store()
    {
        var findings = PolicyFile.Parse("""
            version: 1
            clusters: { main: { connection: host=/tmp } }
            repositories: { local: { store: "s3://me:HUNTER2@bucket" } }
            encryption: { recipients: [AGE-SECRET-KEY-1HUNTER2, AGE-SECRET-KEY-1HUNTER2] }
            """).Findings;

        Assert.Equal(3, findings.Count);
        Assert.All(findings, finding => Assert.DoesNotContain("HUNTER2", finding.Message + finding.Excerpt));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("0-a", true)]
    [InlineData("abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-0123456789", false)]
    [InlineData("-a", false)]
    [InlineData("A", false)]
    [InlineData("a_b", false)]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    public void Takes_only_names_that_fit_into_keys(string name, bool fits)
        => Assert.Equal(
            fits,
            PolicyFile.Parse(Least.Replace("main", name, StringComparison.Ordinal)).Findings.Count is 0);

    [Fact]
    public void Refuses_a_store_inside_the_cluster_that_it_keeps()
        => Assert.Equal(
            "the store of 'local' lies inside the data directory of 'main'",
            OnlyFinding(Least
                .Replace("host=/tmp", "host=/tmp, data_directory: /pg", StringComparison.Ordinal)
                .Replace("/backup", "/pg/backup", StringComparison.Ordinal)).Message);

    [Fact]
    public void Refuses_one_recipient_alone()
        => Assert.Equal(
            "'encryption.recipients' needs at least two, so that one lost key loses no backup",
            OnlyFinding($"{Least}\nencryption: {{ recipients: [{Recipient}] }}").Message);

    [Fact]
    public void Chooses_the_only_cluster_and_asks_where_there_are_several()
    {
        var one = Read(Least);
        var two = Read(Least.Replace("main:", "main: { connection: host=/a }\n  side:", StringComparison.Ordinal));

        Assert.Equal("main", one.ChooseCluster(null).Name);
        Assert.Equal("side", two.ChooseCluster("side").Name);
        Assert.Equal(ErrorCode.Usage, Assert.Throws<TomoBackupException>(() => two.ChooseCluster(null)).Code);

        var mistyped = Assert.Throws<TomoBackupException>(() => one.ChooseCluster("mian"));
        Assert.Equal((ErrorCode.NotFound, "Did you mean 'main'?"), (mistyped.Code, mistyped.Hint));
    }

    static BackupPolicy Read(string text)
    {
        var reading = PolicyFile.Parse(text);
        Assert.Empty(reading.Findings);
        return reading.Policy!;
    }

    static PolicyFinding OnlyFinding(string text) => Assert.Single(PolicyFile.Parse(text).Findings);

    static string Report(string text)
    {
        var files = new TextFiles { ["/etc/tomo-backup/policy.yaml"] = text };
        var failure = Assert.Throws<TomoBackupException>(() => PolicyFile.Load(PolicyFile.SystemPath, files));
        Assert.Equal(ErrorCode.Policy, failure.Code);
        return $"{failure.Message}\nhint: {failure.Hint}";
    }
}
