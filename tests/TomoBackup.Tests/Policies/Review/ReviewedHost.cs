using TomoBackup.Policies.Review;

namespace TomoBackup.Tests.Policies.Review;

/// <summary>What was seen of a host on which all is well, with single things changed.</summary>
static class ReviewedHost
{
    static readonly DateTimeOffset Now = ReviewedPolicy.Now;

    public static ObservedServer Server { get; } = new()
    {
        Major = 18,
        WalLevel = "replica",
        ArchiveMode = "on",
        ArchiveCommand = "/usr/bin/tomo-backup --policy /etc/tomo-backup/policy.yaml wal push %p",
        WantedCommand = "/usr/bin/tomo-backup --policy /etc/tomo-backup/policy.yaml wal push %p",
        ArchiveTimeout = TimeSpan.FromMinutes(5),
        Summarize = true,
    };

    public static ObservedArchive Archive { get; } = new()
    {
        NewestGood = Now.AddMinutes(-50),
        NewestFull = Now.AddHours(-10),
        NewestWal = Now.AddMinutes(-4),
        ClosedAndMissing = 0,
    };

    public static ObservedCluster Cluster { get; } = new()
    {
        Server = Server,
        Databases = ["postgres", "tomo"],
        Archives = new Dictionary<string, ObservedArchive> { ["local"] = Archive },
        History = new RunHistory(Now.AddDays(-30), TimeSpan.FromHours(1)),
    };

    public static ObservedVolume Volume { get; } = new() { IsLuks = true, IsRemote = false };

    public static ObservedFacts Well { get; } = With(Cluster);

    public static ObservedFacts With(ObservedCluster cluster) => new()
    {
        Clusters = new Dictionary<string, ObservedCluster> { ["main"] = cluster },
        Volumes = new Dictionary<string, ObservedVolume> { ["local"] = Volume },
    };

    public static ObservedFacts With(ObservedServer server) => With(Cluster with { Server = server });

    public static ObservedFacts With(ObservedArchive archive)
        => With(Cluster with { Archives = new Dictionary<string, ObservedArchive> { ["local"] = archive } });

    public static ObservedFacts With(RunHistory? history) => With(Cluster with { History = history });

    public static ObservedFacts With(ObservedVolume volume)
        => Well with { Volumes = new Dictionary<string, ObservedVolume> { ["local"] = volume } };
}
