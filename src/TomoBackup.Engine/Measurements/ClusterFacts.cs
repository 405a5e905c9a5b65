using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Measurements;

/// <summary>All that was seen of one cluster at one moment: what measured values are made from.</summary>
sealed record ClusterFacts
{
    public required DateTimeOffset Now { get; init; }

    public required BackupPolicy Policy { get; init; }

    public required ClusterPolicy Cluster { get; init; }

    public required Sighting<ServerFacts> Server { get; init; }

    public required Sighting<ArchiverFacts> Archiver { get; init; }

    public required Sighting<ArchiveQueue> Queue { get; init; }

    /// <summary>Statements that <c>setup</c> would run.</summary>
    public required Sighting<IReadOnlyList<string>> Drift { get; init; }

    /// <summary>In the order of the policy.</summary>
    public required IReadOnlyList<RepositoryFacts> Repositories { get; init; }

    public required HostFacts Host { get; init; }
}

/// <summary>The archiver as the server sees it.</summary>
/// <param name="Status">Its counters.</param>
/// <param name="Insert">Behind the last record that any session has begun to write.</param>
/// <param name="Timeline">The timeline that is written now.</param>
sealed record ArchiverFacts(ArchiverStatus Status, Lsn Insert, uint Timeline);

/// <summary>Files that wait to be archived, as they lie in the data directory: known with the server stopped as
/// well.</summary>
/// <param name="Waiting">How many.</param>
/// <param name="Oldest">PostgreSQL's name of the first; null where none waits.</param>
/// <param name="OldestSince">Since when it waits; null where none does.</param>
/// <param name="StoppedIn">Number of the segment that the server was stopped in, in order: it archives all before it
/// first. Null where it runs, or was not stopped in order.</param>
sealed record ArchiveQueue(int Waiting, string? Oldest, DateTimeOffset? OldestSince, ulong? StoppedIn);

/// <summary>One repository.</summary>
/// <param name="Policy">What the policy says of it.</param>
/// <param name="Contents">What it holds.</param>
/// <param name="Space">The file system under it.</param>
/// <param name="IsSeparate">True where it lies on another file system than the data directory; null where that cannot
/// be told.</param>
/// <param name="IsLuks">True where every disk under it is LUKS; null where that cannot be told.</param>
sealed record RepositoryFacts(
    RepositoryPolicy Policy,
    Sighting<RepositoryContents> Contents,
    Sighting<SpaceFacts> Space,
    bool? IsSeparate,
    bool? IsLuks);

/// <summary>What a repository holds of the cluster.</summary>
sealed record RepositoryContents
{
    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<Manifest> Backups { get; init; }

    /// <summary>What stands where a manifest should, and is none.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public required RecoveryMap Map { get; init; }

    /// <summary>Archived files by their names.</summary>
    public required IReadOnlyDictionary<string, ArrivedWal> Wal { get; init; }

    /// <summary>Names with two contents, in order.</summary>
    public required IReadOnlyList<string> Conflicts { get; init; }

    /// <summary>The last segment of the newest timeline; null where none is archived.</summary>
    public required LastSegment? Last { get; init; }

    public IEnumerable<Manifest> Good => Backups.Where(b => b.IsGood);
}

/// <summary>The last segment of the newest timeline.</summary>
/// <param name="Name">PostgreSQL's name.</param>
/// <param name="Number">Its number.</param>
/// <param name="Arrived">When the store says that it arrived.</param>
/// <param name="End">Behind its last record.</param>
/// <param name="LastCommit">In it, or shortly before; null where none was found.</param>
sealed record LastSegment(string Name, ulong Number, DateTimeOffset Arrived, Lsn End, DateTimeOffset? LastCommit);

/// <summary>What this host remembers of earlier runs.</summary>
sealed record HostFacts
{
    /// <summary>True where this host holds no recovery identity.</summary>
    public required bool IsSealed { get; init; }

    /// <summary>The newest of each kind in each repository.</summary>
    public IReadOnlyList<VerifyRun> Verified { get; init; } = [];

    /// <summary>The last restore that went to an open server; null where none did.</summary>
    public RestoreRun? Restored { get; init; }

    /// <summary>When recovery keys last opened what they must; null where that was never tried.</summary>
    public DateTimeOffset? KeysTried { get; init; }
}

/// <summary>A verification that ran to its end.</summary>
/// <param name="Repository">The repository's name.</param>
/// <param name="At">When it began.</param>
/// <param name="IsDeep">True where every byte was read.</param>
/// <param name="Damage">How many things were missing, altered or unreadable.</param>
sealed record VerifyRun(string Repository, DateTimeOffset At, bool IsDeep, int Damage);

/// <summary>A restore to an open server.</summary>
/// <param name="At">When it began.</param>
/// <param name="Took">From the command to the open server.</param>
/// <param name="Bytes">Bytes of files restored.</param>
sealed record RestoreRun(DateTimeOffset At, TimeSpan Took, long Bytes);

/// <summary>A WAL or history file in a repository.</summary>
/// <param name="At">When it was stored, by the store's clock.</param>
/// <param name="Bytes">Stored.</param>
sealed record ArrivedWal(DateTimeOffset At, long Bytes);
