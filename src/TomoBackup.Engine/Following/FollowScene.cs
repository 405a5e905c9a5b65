using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Following;

/// <summary>What a copy is planned from: two listings, the backups, and what the follower's own retention would keep.
/// A value; whoever has the same scene gets the same plan.</summary>
sealed record FollowScene
{
    /// <summary>Lineage records, keys and history files of the repository that is followed.</summary>
    public required IReadOnlyList<ObjectEntry> Records { get; init; }

    /// <summary>Its archived WAL.</summary>
    public required IReadOnlyList<ObjectEntry> Wal { get; init; }

    /// <summary>Everything below its backups.</summary>
    public required IReadOnlyList<ObjectEntry> BackupObjects { get; init; }

    /// <summary>Its backups with an authentic manifest, oldest first.</summary>
    public required IReadOnlyList<Manifest> Backups { get; init; }

    /// <summary>Lengths of what the follower holds.</summary>
    public required IReadOnlyDictionary<ObjectKey, long> Held { get; init; }

    /// <summary>True for WAL that the follower's retention would keep.</summary>
    public required Func<ObjectKey, bool> WantsWal { get; init; }

    /// <summary>True for a backup that it would keep.</summary>
    public required Func<string, bool> WantsBackup { get; init; }
}
