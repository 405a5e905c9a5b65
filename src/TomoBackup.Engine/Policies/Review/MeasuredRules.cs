namespace TomoBackup.Policies.Review;

/// <summary>Objectives and schedules against what was measured.</summary>
static class MeasuredRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => scope.Policy.Clusters.SelectMany(cluster =>
            scope.Observed?.Clusters.GetValueOrDefault(cluster.Name) is { } seen
                ? Of(cluster, seen, scope.Now)
                : []);

    static IEnumerable<ReviewFinding> Of(ClusterPolicy cluster, ObservedCluster seen, DateTimeOffset now)
        => [.. Backups(cluster, seen, now), .. Loss(cluster, seen, now), .. Duration(cluster, seen.History)];

    static IEnumerable<ReviewFinding> Backups(ClusterPolicy cluster, ObservedCluster seen, DateTimeOffset now)
    {
        var place = $"clusters.{cluster.Name}";

        // Where no repository could be read, that is told, and nothing follows from it.
        if (seen.Archives.Count is 0)
            yield break;

        if (seen.Archives.Values.Max(archive => archive.NewestGood) is null)
            yield return FindingKinds.NoGoodBackup.At(
                place,
                $"there is no good backup of '{cluster.Name}' in {string.Join(", ", seen.Archives.Keys)}: it cannot be "
                    + "restored at all",
                "Run 'tomo-backup backup --full'.");
        else if (cluster.Full is { } schedule && Missed(schedule, Newest(seen), now) is { } missed)
            yield return FindingKinds.FullBackupOverdue.At(
                $"{place}.full",
                $"the newest good full backup of '{cluster.Name}' "
                    + (Newest(seen) is { } began
                        ? $"began {(now - began).InPolicyWords} ago, on {began.UtcDateTime:yyyy-MM-dd HH:mm} UTC"
                        : "does not exist")
                    + $"; the one of {missed.UtcDateTime:yyyy-MM-dd HH:mm} UTC is missing",
                "Look into what starts it and at its exit code, then run 'tomo-backup backup --full'.");
    }

    static DateTimeOffset? Newest(ObservedCluster seen) => seen.Archives.Values.Max(archive => archive.NewestFull);

    /// <summary>The run that is missing. The latest one may still be at work: a run counts as missed when the next one
    /// was due as well.</summary>
    static DateTimeOffset? Missed(Schedule schedule, DateTimeOffset? began, DateTimeOffset now)
        => began is not { } newest ? now
            : schedule.Next(newest) is { } due && schedule.Next(due) <= now ? due
            : null;

    static IEnumerable<ReviewFinding> Loss(ClusterPolicy cluster, ObservedCluster seen, DateTimeOffset now)
    {
        if (cluster.Objectives is not { } objective)
            yield break;

        foreach (var (repository, archive) in seen.Archives)
            if (archive is { NewestWal: { } arrived, ClosedAndMissing: > 0 and var missing }
                && now - arrived > objective.Rpo.Shortest)
                yield return FindingKinds.RpoMissedNow.At(
                    $"clusters.{cluster.Name}",
                    $"the newest WAL of '{cluster.Name}' in '{repository}' is {(now - arrived).InPolicyWords} old, the "
                        + $"RPO is {objective.Rpo}, and {missing} finished segment{(missing is 1 ? " is" : "s are")} "
                        + "not there",
                    "Look at the server's log and run 'tomo-backup check': archiving does not work.");
    }

    static IEnumerable<ReviewFinding> Duration(ClusterPolicy cluster, RunHistory? history)
    {
        if (cluster.Objectives is not { } objective || history is null)
            yield break;

        if (history.Restored is not { } took)
            yield return FindingKinds.RtoNotMeasured.At(
                $"objectives.{objective.Name}.rto",
                $"NOT MEASURED: no restore of '{cluster.Name}' to an open server is recorded on this host, so nobody "
                    + $"knows whether an RTO of {objective.Rto} can be kept",
                "Restore once beside the running server: 'tomo-backup restore --latest --into DIR --start'.");
        else if (took > objective.Rto.Shortest)
            yield return FindingKinds.RtoMissed.At(
                $"objectives.{objective.Name}.rto",
                $"the last restore of '{cluster.Name}' took {took.InPolicyWords}, the RTO is {objective.Rto}",
                "Make restores faster (a nearer repository, more workers, faster disks), or promise what can be kept.");
    }
}
