using TomoBackup.Postgres.Wal;

namespace TomoBackup.Retention;

/// <summary>What is to become of something.</summary>
enum Fate
{
    /// <summary>It is wanted.</summary>
    Stays,

    /// <summary>It is not wanted any more, and its grace has not passed.</summary>
    Waits,

    /// <summary>It is not wanted, and may be removed.</summary>
    Goes,
}

/// <summary>
/// What is to become of everything that retention may touch, each with its reasons, and what that costs. Lineage
/// records, keys, history files, evidence and the marker are not in it: they never go.
/// </summary>
sealed record RetentionPlan
{
    /// <summary>After so long of being unwanted something may go: a day to see a mistake in the policy.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    /// <summary>The moment that it speaks of.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The moment from which on all is promised; null where that is the first one there is.</summary>
    public required DateTimeOffset? WindowStart { get; init; }

    /// <summary>Bytes in a WAL segment.</summary>
    public required WalSegmentSize SegmentSize { get; init; }

    /// <summary>Every backup, oldest first.</summary>
    public required IReadOnlyList<BackupVerdict> Backups { get; init; }

    /// <summary>Folders of backups that are none, by id.</summary>
    public required IReadOnlyList<UnfinishedVerdict> Unfinished { get; init; }

    /// <summary>All WAL, by timeline and position: runs of one fate and reason.</summary>
    public required IReadOnlyList<WalVerdict> Wal { get; init; }

    /// <summary>The moments that cannot be reached any more once all is gone that waits or goes.</summary>
    public required IReadOnlyList<LostMoments> Losses { get; init; }

    /// <summary>True where something is to be removed now.</summary>
    public bool RemovesAnything
        => Backups.Any(b => b.Fate == Fate.Goes) || Unfinished.Any(u => u.Fate == Fate.Goes)
            || Wal.Any(w => w.Fate == Fate.Goes);

    /// <summary>What the next run has to know: since when what is unwanted.</summary>
    public RetentionMarks Marks() => new(
        Backups.Select(b => (b.Backup.Id, b.Since)).Concat(Unfinished.Select(u => (u.Folder.Id, u.Since)))
            .Where(pair => pair.Since is not null)
            .DistinctBy(pair => pair.Id)
            .ToDictionary(pair => pair.Id, pair => pair.Since!.Value, StringComparer.Ordinal),
        [.. Wal.Where(w => w.Since is not null)
            .Select(w => new WalMark(w.Timeline, w.First, w.Last, w.Since!.Value))]);
}

/// <summary>What is to become of a backup.</summary>
/// <param name="Backup">Which.</param>
/// <param name="Fate">What.</param>
/// <param name="Grounds">Why; at least one.</param>
/// <param name="Since">Since when it is unwanted; null where it is wanted.</param>
/// <param name="Due">When it may go; null where it stays.</param>
sealed record BackupVerdict(
    KnownBackup Backup, Fate Fate, IReadOnlyList<Ground> Grounds, DateTimeOffset? Since, DateTimeOffset? Due);

/// <summary>What is to become of a folder that is no backup.</summary>
sealed record UnfinishedVerdict(
    UnfinishedBackup Folder, Fate Fate, Ground Ground, DateTimeOffset? Since, DateTimeOffset? Due);

/// <summary>What is to become of consecutive archived segments of one timeline; numbers that nothing stands under do
/// not part them.</summary>
/// <param name="Timeline">Which.</param>
/// <param name="First">The first segment's number.</param>
/// <param name="Last">The last one's.</param>
/// <param name="Segments">How many are archived.</param>
/// <param name="Bytes">Of all their objects.</param>
/// <param name="Fate">What.</param>
/// <param name="Ground">Why.</param>
/// <param name="Since">Since when they are unwanted; null where they are wanted.</param>
/// <param name="Due">When they may go; null where they stay.</param>
sealed record WalVerdict(
    uint Timeline,
    ulong First,
    ulong Last,
    long Segments,
    long Bytes,
    Fate Fate,
    Ground Ground,
    DateTimeOffset? Since,
    DateTimeOffset? Due);

/// <summary>Moments on the way to a timeline's end that stop being reachable.</summary>
/// <param name="Timeline">The timeline that a restore would follow.</param>
/// <param name="From">The first.</param>
/// <param name="To">The last; by when its WAL was stored, so a little later than its last commit.</param>
/// <param name="But">Kept backups in between: the end of each can still be reached.</param>
sealed record LostMoments(uint Timeline, DateTimeOffset From, DateTimeOffset To, int But);
