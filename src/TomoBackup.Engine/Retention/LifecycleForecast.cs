using System.Globalization;
using TomoBackup.Policies;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Retention;

/// <summary>
/// What the bucket's own rules will do, for a repository whose key may not delete: held against the plan. A bucket
/// knows ages only, so it may take what a promise needs. Pure.
/// </summary>
/// <param name="Conflicts">What the rules will take although it is to stay: one sentence each.</param>
/// <param name="Remarks">When the rest goes by itself, or that it never will.</param>
sealed record LifecycleForecast(IReadOnlyList<string> Conflicts, IReadOnlyList<string> Remarks)
{
    /// <summary>Looks that far ahead: what stays now must not be taken before somebody looks again.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(7);

    /// <summary>Works it out.</summary>
    /// <param name="stored">When each segment's newest object was written.</param>
    public static LifecycleForecast Of(
        RetentionPlan plan, LifecyclePolicy? lifecycle, IReadOnlyList<ArchivedWal> stored)
    {
        var conflicts = new List<string>();
        var remarks = new List<string>();
        var until = plan.Now + Ahead;

        foreach (var (prefix, age) in lifecycle?.Others ?? new Dictionary<string, Duration>())
            conflicts.Add($"the bucket deletes all below '{prefix}' after {age}: nothing there may ever go");

        foreach (var backup in plan.Backups.Where(b => b.Fate == Fate.Stays))
            if (lifecycle?.Backup?.After(backup.Backup.Stopped) is { } end && end <= until)
                conflicts.Add(
                    $"the bucket deletes backup '{backup.Backup.Id}' on {Text(end)}, and it is to stay: "
                        + $"{backup.Grounds[0]}");

        var times = stored.ToDictionary(w => w.Timeline, w => w.Segments);

        foreach (var run in plan.Wal.Where(w => w.Fate == Fate.Stays))
            if (lifecycle?.Wal is { } age && OldestOf(run, times[run.Timeline]) is var oldest
                && age.After(oldest) <= until)
                conflicts.Add(
                    $"the bucket deletes WAL from '{new WalSegment(run.Timeline, run.First).Name(plan.SegmentSize)}' on "
                        + $"from {Text(age.After(oldest))} on, and it is to stay: {run.Ground}");

        if (plan.Backups.Any(b => b.Fate != Fate.Stays))
            remarks.Add(WhatGoes("backups", lifecycle?.Backup));

        if (plan.Wal.Any(w => w.Fate != Fate.Stays))
            remarks.Add(WhatGoes("WAL", lifecycle?.Wal));

        return new LifecycleForecast(conflicts, remarks);
    }

    static DateTimeOffset OldestOf(WalVerdict run, IReadOnlyList<StoredSegment> segments)
        => segments.Where(s => s.Number >= run.First && s.Number <= run.Last).Min(s => s.Stored);

    static string WhatGoes(string what, Duration? age)
        => age is { } known
            ? $"the bucket's own rule for {what} is {known}: what is not wanted goes then"
            : $"the bucket has no rule for {what}: what is not wanted stays there, and costs";

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
