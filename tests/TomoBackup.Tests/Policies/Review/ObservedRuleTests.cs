using TomoBackup.Policies.Review;

namespace TomoBackup.Tests.Policies.Review;

/// <summary>Where each rule about what was observed begins: what just fires it, and what just does not.</summary>
public sealed class ObservedRuleTests
{
    static readonly DateTimeOffset Now = ReviewedPolicy.Now;
    static readonly ObservedServer Server = ReviewedHost.Server;
    static readonly ObservedArchive Archive = ReviewedHost.Archive;
    static readonly ObservedVolume Shared = ReviewedHost.Volume with { SharedWith = ["main"] };

    sealed record Boundary(string Id, ObservedFacts Fires, ObservedFacts Silent, params string[] Changes);

    static readonly Boundary[] Boundaries =
    [
        new("archiving-off",
            ReviewedHost.With(Server with { ArchiveMode = "off" }),
            ReviewedHost.With(Server with { ArchiveMode = "always" })),
        new("archiving-off",
            ReviewedHost.With(Server with { WalLevel = "minimal" }),
            ReviewedHost.With(Server with { WalLevel = "logical" })),
        new("server-setting-differs",
            ReviewedHost.With(Server with { ArchiveTimeout = TimeSpan.FromSeconds(301) }), ReviewedHost.Well),
        new("server-setting-differs",
            ReviewedHost.With(Server with { ArchiveTimeout = TimeSpan.Zero }), ReviewedHost.Well),
        new("archive-command-differs",
            ReviewedHost.With(Server with { ArchiveCommand = "test ! -f /archive/%f && cp %p /archive/%f" }),
            ReviewedHost.With(Server with { WantedCommand = null })),
        new("archive-command-differs",
            ReviewedHost.With(Server with { ArchiveCommand = Server.ArchiveCommand.Replace("policy.yaml", "p.yaml") }),
            ReviewedHost.With(Server with { ArchiveCommand = "(disabled)", ArchiveMode = "off" })),
        new("summaries-off",
            ReviewedHost.With(Server with { Summarize = false }), ReviewedHost.With(Server with { Summarize = null })),
        new("database-not-covered",
            ReviewedHost.With(ReviewedHost.Cluster with { Databases = ["postgres", "tomo", "other"] }),
            ReviewedHost.Well),
        new("database-missing",
            ReviewedHost.With(ReviewedHost.Cluster with { Databases = ["postgres"] }),
            ReviewedHost.With(ReviewedHost.Cluster with { Databases = null })),
        new("cluster-not-covered",
            ReviewedHost.Well with { Strangers = [new RunningServer("/srv/other", 5433)] }, ReviewedHost.Well),
        new("no-good-backup",
            ReviewedHost.With(Archive with { NewestGood = null, NewestFull = null }), ReviewedHost.Well),

        // Full backups are due at 02:00; the one of today may still be at work, the one of yesterday may not.
        new("full-backup-overdue",
            ReviewedHost.With(Archive with { NewestFull = new(2026, 3, 9, 1, 59, 59, TimeSpan.Zero) }),
            ReviewedHost.With(Archive with { NewestFull = new(2026, 3, 9, 2, 0, 0, TimeSpan.Zero) })),
        new("full-backup-overdue",
            ReviewedHost.With(Archive with { NewestFull = null }), ReviewedHost.Well),

        new("rpo-missed-now",
            ReviewedHost.With(Archive with { NewestWal = Now.AddSeconds(-3601), ClosedAndMissing = 1 }),
            ReviewedHost.With(Archive with { NewestWal = Now.AddSeconds(-3600), ClosedAndMissing = 1 })),

        // The trap of 4.2 and 8: an idle server closes no segment, and its newest WAL may be of any age.
        new("rpo-missed-now",
            ReviewedHost.With(Archive with { NewestWal = Now.AddDays(-9), ClosedAndMissing = 1 }),
            ReviewedHost.With(Archive with { NewestWal = Now.AddDays(-9), ClosedAndMissing = 0 })),
        new("rpo-missed-now",
            ReviewedHost.With(Archive with { NewestWal = Now.AddDays(-9), ClosedAndMissing = 7 }),
            ReviewedHost.With(Archive with { NewestWal = Now.AddDays(-9), ClosedAndMissing = null })),

        new("rto-missed",
            ReviewedHost.With(new RunHistory(Now, TimeSpan.FromSeconds(14_401))),
            ReviewedHost.With(new RunHistory(Now, TimeSpan.FromHours(4)))),
        new("rto-not-measured",
            ReviewedHost.With(new RunHistory(Now, null)), ReviewedHost.With((RunHistory?)null)),

        // The trap of 5: a key that was never tried.
        new("key-never-tried",
            ReviewedHost.With(new RunHistory(null, TimeSpan.FromHours(1))), ReviewedHost.With((RunHistory?)null)),
        new("key-tried-long-ago",
            ReviewedHost.With(new RunHistory(Now.AddMonths(-12).AddSeconds(-1), TimeSpan.FromHours(1))),
            ReviewedHost.With(new RunHistory(Now.AddMonths(-12), TimeSpan.FromHours(1)))),

        new("volume-not-separate",
            ReviewedHost.With(Shared), ReviewedHost.With(Shared), "separate: true", "separate: false"),
        new("repository-beside-data",
            ReviewedHost.With(Shared), ReviewedHost.Well, "separate: true", "separate: false"),
        new("volume-not-luks",
            ReviewedHost.With(ReviewedHost.Volume with { IsLuks = false }),
            ReviewedHost.With(ReviewedHost.Volume with { IsLuks = null })),
        new("could-not-look",
            ReviewedHost.Well with { Unseen = [new UnseenFact("clusters.main", "the server of 'main'", "no route")] },
            ReviewedHost.Well),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Boundaries.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_rule_begins_where_it_says(int row)
    {
        var (id, fires, silent, changes) = Boundaries[row];

        // Where the policy is changed too, the change is what decides between the two rows about one disk.
        var (loud, quiet) = id is "volume-not-separate" ? (ReviewedPolicy.Clean, ReviewedPolicy.With(changes))
            : (ReviewedPolicy.With(changes), ReviewedPolicy.With(changes));

        Assert.Equal([id], Ids(loud, fires));
        Assert.DoesNotContain(id, Ids(quiet, silent));
    }

    [Fact]
    public void What_could_not_be_looked_at_is_told_with_its_reason()
        => Assert.Equal(
            "the server of 'main' could not be looked at: no route",
            ReviewedPolicy.Review(ReviewedPolicy.Clean, Boundaries[^1].Fires).Findings
                .Single(finding => finding.Id is "could-not-look").Reason);

    [Fact]
    public void A_repository_that_is_mounted_from_elsewhere_is_not_this_host()
    {
        var text = ReviewedPolicy.With(
        [
            "    store: \"s3://backups\"\n", "    store: \"file:///b\"\n",
            "    lifecycle: { wal: 45d, backup: 46d, dump: 105d }\n", "",
        ]);
        var remote = ReviewedHost.Well with
        {
            Volumes = new Dictionary<string, ObservedVolume> { ["offsite"] = new() { IsRemote = true } },
        };

        Assert.Contains("one-host", Ids(text, ReviewedHost.Well));
        Assert.DoesNotContain("one-host", Ids(text, remote));
    }

    [Fact]
    public void Nothing_follows_from_what_nobody_saw()
        => Assert.Empty(Ids(ReviewedPolicy.Clean, ReviewedHost.With(new ObservedCluster())));

    /// <summary>Ids of rules about what was observed.</summary>
    public static IEnumerable<string> Covered => Boundaries.Select(boundary => boundary.Id);

    static IReadOnlyList<string> Ids(string policy, ObservedFacts observed)
        => ReviewedPolicy.IdsOf(ReviewedPolicy.Review(policy, observed));
}
