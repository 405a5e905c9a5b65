using TomoBackup.Storage;

namespace TomoBackup.Following;

/// <summary>What is to be copied, in the order in which it is: whoever stops in the middle has copied something that is
/// of use.</summary>
sealed record FollowPlan
{
    /// <summary>Lineage records, keys, history files: without them nothing else can be read.</summary>
    public required IReadOnlyList<Parcel> Records { get; init; }

    /// <summary>WAL, oldest first: it is what the recovery point hangs on.</summary>
    public required IReadOnlyList<Parcel> Wal { get; init; }

    /// <summary>Backups, oldest first, so that what one refers to is there before it.</summary>
    public required IReadOnlyList<FollowedBackup> Backups { get; init; }

    /// <summary>Objects that stand in the follower with another length. Nothing is ever written over.</summary>
    public required IReadOnlyList<ObjectKey> Conflicts { get; init; }

    /// <summary>Objects that the follower's retention would not keep.</summary>
    public required int Unwanted { get; init; }

    /// <summary>When the oldest missing WAL was archived; null where none is missing.</summary>
    public required DateTimeOffset? OldestMissingWal { get; init; }

    /// <summary>Objects to copy.</summary>
    public int Objects => Records.Count + Wal.Count + Backups.Sum(b => b.Parcels.Count + 1);

    /// <summary>Their bytes.</summary>
    public long Bytes
        => Records.Sum(p => p.Length) + Wal.Sum(p => p.Length)
            + Backups.Sum(b => b.Manifest.Length + b.Parcels.Sum(p => p.Length));
}

/// <summary>An object to carry from one repository to the other.</summary>
/// <param name="Key">In both.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">What its manifest says of all its bytes, hex; null where none speaks of it.</param>
sealed record Parcel(ObjectKey Key, long Length, string? Sha256 = null);

/// <summary>A backup to copy.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Parcels">What the follower lacks of it, and of the packs that it refers to.</param>
/// <param name="Needs">All objects that a restore of it needs; those that an earlier backup brings, too.</param>
/// <param name="Manifest">Comes last: it is the commit.</param>
sealed record FollowedBackup(
    string Id, IReadOnlyList<Parcel> Parcels, IReadOnlyList<ObjectKey> Needs, Parcel Manifest);
