namespace TomoBackup.Policies.Review;

/// <summary>Schedules, each for itself.</summary>
static class ScheduleRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        =>
        [
            .. scope.Policy.Clusters.SelectMany(Backups),
            .. Named(scope.Policy).SelectMany(schedule => NeverRuns(schedule, scope.Now)),
        ];

    static IEnumerable<ReviewFinding> Backups(ClusterPolicy cluster)
    {
        var place = $"clusters.{cluster.Name}";

        if (cluster is { Full: null, Incremental: not null })
            yield return FindingKinds.IncrementalWithoutFull.At(
                $"{place}.incremental",
                $"'{cluster.Name}' has a schedule for incremental backups and none for full ones: its first generation "
                    + "would never end, and with it nothing could ever be removed",
                $"Set '{place}.full'.");

        if (cluster is { Full: null, Incremental: null })
            yield return FindingKinds.NoFullSchedule.At(
                place,
                $"no schedule says when '{cluster.Name}' is backed up, so a backup that never ran goes unnoticed",
                $"Set '{place}.full', also where a timer of your own starts the backup.");
    }

    static IEnumerable<ReviewFinding> NeverRuns((string Path, Schedule? Schedule) named, DateTimeOffset now)
    {
        if (named.Schedule is { } schedule && schedule.Next(now) is null)
            yield return FindingKinds.ScheduleNeverRuns.At(
                named.Path, $"no day fits \"{schedule}\": it never runs", $"Write {Schedule.Form}.");
    }

    static IEnumerable<(string Path, Schedule? Schedule)> Named(BackupPolicy policy)
        =>
        [
            .. policy.Clusters.SelectMany(cluster => new[]
            {
                ($"clusters.{cluster.Name}.full", cluster.Full),
                ($"clusters.{cluster.Name}.incremental", cluster.Incremental),
                ($"clusters.{cluster.Name}.audit", cluster.Audit),
                ($"clusters.{cluster.Name}.dump", cluster.Dump),
            }),
            .. policy.Configuration.Select(source => ($"configuration.{source.Name}.at", source.Rhythm.At)),
            ("tests.restore.at", policy.Tests.Restore?.Rhythm.At),
            ("tests.drill.at", policy.Tests.Drill?.Rhythm.At),
        ];
}
