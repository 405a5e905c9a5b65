namespace TomoBackup.Policies.Review;

/// <summary>For how long a bucket locks objects, so that the retention can be kept whoever has the keys. Everything
/// that a moment within the window stands on is locked for as long as that moment is promised, and a full backup never
/// shorter than what stands on it.</summary>
/// <param name="Wal">WAL, from when it is stored.</param>
/// <param name="Generation">A full backup and all that stand on it, from when the full one began; also keys and
/// records, from when they are stored or renewed.</param>
public sealed record LockReach(TimeSpan Wal, TimeSpan Generation)
{
    /// <summary>An epoch of WAL gets no older, so its key is there a day before its last WAL.</summary>
    static readonly TimeSpan ShortestGeneration = TimeSpan.FromDays(1);

    /// <summary>The reach in one repository; null where the policy gives locks no end: it keeps WAL or backups there
    /// for ever, or no schedule says how long a generation lasts.</summary>
    public static LockReach? Of(BackupPolicy policy, string repository, DateTimeOffset now)
    {
        if (policy.LongestGeneration(now) is not { } gap)
            return null;

        var wal = RetentionReach.Of(policy.Retention.Wal, repository, null);
        var backups = RetentionReach.Of(policy.Retention.Backup, repository, gap);

        if (wal == RetentionReach.Forever || backups == RetentionReach.Forever)
            return null;

        // A moment at the window's far end is reached by WAL that is a generation older; that WAL is of use with the
        // full backup before it only, which is another generation older when the next one comes.
        var generation = gap > ShortestGeneration ? gap : ShortestGeneration;
        var slack = LifecycleRules.TimeToVerify + LifecycleRules.Margin;
        var window = wal > backups ? wal : backups;

        return new LockReach(wal + generation + slack, window + (2 * generation) + slack);
    }
}
