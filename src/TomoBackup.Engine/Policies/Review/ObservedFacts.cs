namespace TomoBackup.Policies.Review;

/// <summary>What was seen of servers, repositories and this host. What could not be seen is null here and stands in
/// <see cref="Unseen"/> with its reason.</summary>
public sealed record ObservedFacts
{
    /// <summary>By the cluster's name.</summary>
    public IReadOnlyDictionary<string, ObservedCluster> Clusters { get; init; }
        = new Dictionary<string, ObservedCluster>();

    /// <summary>File systems under repositories that are directories, by the repository's name.</summary>
    public IReadOnlyDictionary<string, ObservedVolume> Volumes { get; init; }
        = new Dictionary<string, ObservedVolume>();

    /// <summary>Servers that run on this host and belong to no cluster of the policy.</summary>
    public IReadOnlyList<RunningServer> Strangers { get; init; } = [];

    /// <summary>What could not be looked at.</summary>
    public IReadOnlyList<UnseenFact> Unseen { get; init; } = [];
}

/// <summary>Something that could not be looked at.</summary>
/// <param name="Path">The place in the policy that it matters to.</param>
/// <param name="What">What was to be seen: <c>the server of 'main'</c>.</param>
/// <param name="Why">Why it was not, in one sentence.</param>
public sealed record UnseenFact(string Path, string What, string Why);

/// <summary>What was seen of a cluster.</summary>
public sealed record ObservedCluster
{
    /// <summary>What its server says.</summary>
    public ObservedServer? Server { get; init; }

    /// <summary>Its databases but for templates; null where the server was not asked.</summary>
    public IReadOnlyList<string>? Databases { get; init; }

    /// <summary>By the repository's name, those that could be read.</summary>
    public IReadOnlyDictionary<string, ObservedArchive> Archives { get; init; }
        = new Dictionary<string, ObservedArchive>();

    /// <summary>What this host remembers of earlier runs.</summary>
    public RunHistory? History { get; init; }
}

/// <summary>Settings that a server has in effect.</summary>
public sealed record ObservedServer
{
    /// <summary>15, 16, 17, 18.</summary>
    public required int Major { get; init; }

    /// <summary><c>minimal</c>, <c>replica</c> or <c>logical</c>.</summary>
    public required string WalLevel { get; init; }

    /// <summary><c>off</c>, <c>on</c> or <c>always</c>.</summary>
    public required string ArchiveMode { get; init; }

    /// <summary>What archives: the command, or the library where one is set.</summary>
    public required string ArchiveCommand { get; init; }

    /// <summary>What <c>setup</c> would have it be; null where the policy has no path that it could name.</summary>
    public required string? WantedCommand { get; init; }

    /// <summary>Zero where segments are switched only when full.</summary>
    public required TimeSpan ArchiveTimeout { get; init; }

    /// <summary>Whether changed blocks are summarised; null before 17.</summary>
    public required bool? Summarize { get; init; }
}

/// <summary>What a repository holds of a cluster.</summary>
public sealed record ObservedArchive
{
    /// <summary>When the newest good backup of any kind ended; null where there is none.</summary>
    public required DateTimeOffset? NewestGood { get; init; }

    /// <summary>When the newest good full backup began; null where there is none.</summary>
    public required DateTimeOffset? NewestFull { get; init; }

    /// <summary>When the newest WAL segment arrived, by the clock of the store; null where there is none.</summary>
    public required DateTimeOffset? NewestWal { get; init; }

    /// <summary>Segments that the server has closed and that are not here; null where that is not known. A server that
    /// closes none is idle, and its newest WAL may be of any age.</summary>
    public required long? ClosedAndMissing { get; init; }
}

/// <summary>What earlier runs on this host have shown.</summary>
/// <param name="KeysTried">When identities last opened what they must; null where that was never tried.</param>
/// <param name="Restored">How long the last restore to an open server took; null where there was none.</param>
public sealed record RunHistory(DateTimeOffset? KeysTried, TimeSpan? Restored);

/// <summary>The file system under a repository.</summary>
public sealed record ObservedVolume
{
    /// <summary>Clusters whose data directory lies on the same one.</summary>
    public IReadOnlyList<string> SharedWith { get; init; } = [];

    /// <summary>True where every disk below it is LUKS; null where that cannot be told.</summary>
    public bool? IsLuks { get; init; }

    /// <summary>True where another host keeps it; null where that cannot be told.</summary>
    public bool? IsRemote { get; init; }
}

/// <summary>A server of this host.</summary>
/// <param name="DataDirectory">As it says in its lock file.</param>
/// <param name="Port">Port, which also names the socket.</param>
public sealed record RunningServer(string DataDirectory, int Port);
