using TomoBackup.Policies;
using TomoBackup.Policies.Declaration;

namespace TomoBackup.Tests.Policies;

/// <summary>Every figure of the policy that the program has to carry is bound from the file that the documentation
/// shows.</summary>
public sealed class WholePolicyTests
{
    readonly BackupPolicy _policy = Read(PolicyText.Whole);

    [Fact]
    public void Carries_who_stands_for_it_and_when_it_is_reviewed()
        => Assert.Equal(
            new PolicyHeader
            {
                Title = "Backup and Recovery Policy",
                Owner = "Greg Felice, Project Lead",
                Effective = new DateOnly(2026, 3, 2),
                LastReview = new DateOnly(2026, 3, 2),
                NextReview = new DateOnly(2026, 9, 2),
            },
            _policy.Header);

    [Fact]
    public void Carries_the_objectives_and_gives_each_cluster_its_own()
    {
        Assert.Equal(
            ["hosted 4h 1h", "development 24h 24h"],
            _policy.Objectives.Select(objective => $"{objective.Name} {objective.Rto} {objective.Rpo}"));
        Assert.Equal(_policy.Objectives, _policy.Clusters.Select(cluster => cluster.Objectives));
    }

    [Fact]
    public void Carries_the_tiers_of_a_cluster()
    {
        var cluster = _policy.ChooseCluster("main");

        Assert.Equal(["tomo"], cluster.Databases);
        Assert.Equal("5m 15m", $"{cluster.Wal.ArchiveTimeout} {cluster.Wal.OffsiteWithin}");
        Assert.Equal(
            ["0 2 * * *", "0 3-23 * * *", "0 3 * * 0"],
            [$"{cluster.Full}", $"{cluster.Incremental}", $"{cluster.Dump}"]);
        Assert.Equal("1m", $"{cluster.Heartbeat}");
    }

    [Fact]
    public void Carries_the_place_here_with_its_volume()
    {
        var local = _policy.Repositories[0];

        Assert.Equal("/backup", local.Store.Path);
        Assert.Equal(new VolumePolicy { Luks = true, Separate = true, AlertAbove = 80 }, local.Volume);
        Assert.True(local.MayDelete);
        Assert.Null(local.Lifecycle);
    }

    [Fact]
    public void Carries_the_place_elsewhere_with_its_key_and_the_rules_of_its_bucket()
    {
        var offsite = _policy.Repositories[1];

        Assert.Equal("s3://tomo-backups", $"{offsite.Store}");
        Assert.Equal("https://s3.us-west.example.com/", $"{offsite.Endpoint}");
        Assert.Equal("local", offsite.Follows);
        Assert.Equal(new SecretReference("/etc/tomo-backup/b2.id", null, null), offsite.AccessKey);
        Assert.Equal(new SecretReference(null, "b2-key", null), offsite.SecretKey);
        Assert.False(offsite.MayDelete);
        Assert.Equal(
            "45d 120d 105d", $"{offsite.Lifecycle!.Wal} {offsite.Lifecycle.Backup} {offsite.Lifecycle.Dump}");
        Assert.Empty(offsite.Lifecycle.Others);
    }

    [Fact]
    public void Carries_retention_by_tier_and_place()
    {
        var retention = _policy.Retention;

        Assert.Equal("local 7d, offsite 30d", Ages(retention.Wal));
        Assert.Equal("local 30d, offsite 90d", Ages(retention.Backup));
        Assert.Equal("local 30d, offsite 90d", Ages(retention.Dump));
        Assert.Equal(["local", "offsite"], retention.Config.Keys);
        Assert.All(retention.Config.Values, rule => Assert.Equal(RetentionRule.Everything, rule));
        Assert.Equal("12mo", $"{retention.Evidence}");
    }

    [Fact]
    public void Carries_what_is_kept_beside_the_clusters()
        => Assert.Equal(
            [
                "forge Forgejo https://git.example.org/ after 1h",
                "pipelines Woodpecker https://ci.example.org/ after 1h",
                "identity Authentik https://auth.example.org/ at 0 5 * * 0",
                "dashboards Grafana https://grafana.example.org/ at 0 5 * * *",
                "metrics Prometheus http://127.0.0.1:9090/ at 0 5 * * 0",
                "tls Files /etc/letsencrypt at 0 5 * * *",
            ],
            _policy.Configuration.Select(source => $"{source.Name} {source.Kind} "
                + $"{source.Address?.ToString() ?? string.Join(' ', source.Files)} "
                + (source.Rhythm.AfterChange is { } after ? $"after {after}" : $"at {source.Rhythm.At}")));

    [Fact]
    public void Carries_the_weekly_test_and_the_yearly_drill()
    {
        var test = _policy.Tests.Restore!;

        Assert.Equal("0 4 * * 3", $"{test.Rhythm.At}");
        Assert.Equal(["latest", "random"], test.Choose);
        Assert.Equal("local", test.Repository);
        Assert.Equal(
            new TestQuery("tomo", "SELECT count(*) FROM ag_catalog.ag_graph", ">= 1"), Assert.Single(test.Queries));
        Assert.Equal(
            new DrillPolicy(new Rhythm(null, new Duration(12, DurationUnit.Months)), "offsite"), _policy.Tests.Drill);
    }

    [Fact]
    public void Carries_who_is_told_of_what_and_for_whom_evidence_is_gathered()
    {
        var alerts = _policy.Alerts;
        var webhook = Assert.Single(alerts.Webhooks);

        Assert.Equal(["security@example.org"], alerts.MailTo);
        Assert.Equal("smtp://localhost:25/", $"{alerts.Smtp}");
        Assert.Equal("https://hooks.example.org/backup", $"{webhook.Url}");
        Assert.Equal("hook", webhook.Secret!.Credential);
        Assert.Equal("10m", $"{alerts.WalOlderThan}");
        Assert.Equal(80, alerts.BackupBelow);
        Assert.Equal("soc2", _policy.Compliance!.Framework);
    }

    [Fact]
    public void Says_which_promises_this_version_does_not_keep()
        => Assert.Equal(
            [
                "clusters.main.dump", "clusters.main.heartbeat", "repositories.local.volume.alert_above",
                "retention.dump", "retention.config",
                "retention.evidence", "configuration.forge", "configuration.pipelines", "configuration.identity",
                "configuration.dashboards", "configuration.metrics", "configuration.tls", "tests.restore",
                "tests.drill",
                "alerts.email", "alerts.webhook", "alerts.wal_older_than", "alerts.backup_below", "compliance",
            ],
            UnexecutedParts.Of(_policy).Select(part => part.Path));

    [Fact]
    public void A_key_that_is_declared_as_not_executed_is_named_where_it_is_used()
    {
        var named = UnexecutedParts.Of(_policy).SelectMany(part => part.Path.Split('.')).ToHashSet();
        var declared = Keys(PolicyKeys.Root).Where(key => key.NotYet is not null).Select(key => key.Name).ToList();

        Assert.NotEmpty(declared);
        Assert.Empty(declared.Except(named));
    }

    [Fact]
    public void The_least_policy_promises_nothing_that_is_not_kept()
        => Assert.Empty(UnexecutedParts.Of(Read(PolicyText.Least)));

    static IEnumerable<PolicyKey> Keys(ValueShape shape) => shape switch
    {
        SectionShape section => section.Keys.SelectMany(key => Keys(key.Shape).Prepend(key)),
        NamedShape named => Keys(named.Item),
        ListShape list => Keys(list.Item),
        EitherShape either => Keys(either.Section),
        _ => [],
    };

    static string Ages(IReadOnlyDictionary<string, RetentionRule> tier)
        => string.Join(", ", tier.Select(pair => $"{pair.Key} {pair.Value.Age}"));

    static BackupPolicy Read(string text)
    {
        var reading = PolicyFile.Parse(text);
        Assert.Empty(reading.Findings);
        return reading.Policy!;
    }
}
