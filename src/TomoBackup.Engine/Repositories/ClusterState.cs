using TomoBackup.Codecs;

namespace TomoBackup.Repositories;

/// <summary>
/// What this host remembers of a cluster's lineage between commands, so that a push need not ask the repository. A
/// cache of public facts: all of it can be read back from the repository.
/// </summary>
sealed record ClusterState
{
    public required LineageId Lineage { get; init; }

    public required string SystemIdentifier { get; init; }

    public required int MajorVersion { get; init; }

    public required EpochId IdEpoch { get; init; }

    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>Timelines that this host has claimed.</summary>
    public required IReadOnlyList<uint> Claims { get; init; }

    /// <summary>The WAL epoch that is open, and since when; null before the first push.</summary>
    public EpochId? WalEpoch { get; init; }

    public DateTimeOffset? WalEpochOpened { get; init; }
}
