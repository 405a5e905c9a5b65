namespace TomoBackup.Policies.Review;

/// <summary>What a policy does to a server that does nothing.</summary>
static class IdleRules
{
    static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
    {
        foreach (var cluster in scope.Policy.Clusters)
        {
            if (HeartbeatSwitchesWal(cluster) is { } busy)
                yield return busy;

            if (IdleLooksLate(scope.Policy.Alerts, cluster) is { } late)
                yield return late;
        }
    }

    /// <summary>Without any work PostgreSQL switches no segment, however short archive_timeout is; a mark is work
    /// (https://www.postgresql.org/docs/18/runtime-config-wal.html).</summary>
    static ReviewFinding? HeartbeatSwitchesWal(ClusterPolicy cluster)
        => cluster.Heartbeat is { } beat && beat.Longest < cluster.Wal.ArchiveTimeout.Shortest
            ? FindingKinds.HeartbeatSwitchesWal.At(
                $"clusters.{cluster.Name}.heartbeat",
                $"a heartbeat every {beat} keeps '{cluster.Name}' from ever being idle: with archive_timeout "
                    + $"{cluster.Wal.ArchiveTimeout} it archives {(long)(Day / cluster.Wal.ArchiveTimeout.Shortest)} "
                    + "segments a day, used or not",
                "Keep it where that is cheap (an empty segment compresses to little), or set 'heartbeat' well above "
                    + "'archive_timeout'.")
            : null;

    static ReviewFinding? IdleLooksLate(AlertPolicy alerts, ClusterPolicy cluster)
        => alerts.WalOlderThan is { } age && cluster.Heartbeat is null
            ? FindingKinds.IdleLooksLate.At(
                "alerts.wal_older_than",
                $"'{cluster.Name}' has no heartbeat: while it does nothing its newest WAL grows older than {age} "
                    + "without harm, and other monitoring cannot tell that from an archive that fell behind",
                $"Set 'clusters.{cluster.Name}.heartbeat', or let nothing but tomo-backup judge the age of WAL.")
            : null;
}
