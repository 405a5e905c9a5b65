namespace TomoBackup.Policies.Review;

/// <summary>What a policy does to a server that does nothing.</summary>
static class IdleRules
{
    /// <summary>One every ten minutes, which is as late as WAL may be: more say nothing more.</summary>
    const int MostIdleSwitches = 144;

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
    /// (https://www.postgresql.org/docs/18/runtime-config-wal.html). Each mark that comes at least archive_timeout
    /// after the last switch makes one.</summary>
    static ReviewFinding? HeartbeatSwitchesWal(ClusterPolicy cluster)
    {
        if (cluster.Heartbeat is not { } beat)
            return null;

        var (mark, timeout) = (beat.Shortest, cluster.Wal.ArchiveTimeout.Shortest);
        var switches = (long)(Day / (mark > timeout ? mark : timeout));

        return switches > MostIdleSwitches
            ? FindingKinds.HeartbeatSwitchesWal.At(
                $"clusters.{cluster.Name}.heartbeat",
                $"a heartbeat every {beat} keeps '{cluster.Name}' from ever being idle: with archive_timeout "
                    + $"{cluster.Wal.ArchiveTimeout} it archives {switches} segments a day, used or not; more than "
                    + $"{MostIdleSwitches} are told",
                "Keep it where that is cheap (an empty segment compresses to little), or make 'heartbeat' or "
                    + "'archive_timeout' longer.")
            : null;
    }

    static ReviewFinding? IdleLooksLate(AlertPolicy alerts, ClusterPolicy cluster)
        => alerts.WalOlderThan is { } age && cluster.Heartbeat is null
            ? FindingKinds.IdleLooksLate.At(
                "alerts.wal_older_than",
                $"'{cluster.Name}' has no heartbeat: while it does nothing its newest WAL grows older than {age} "
                    + "without harm, and other monitoring cannot tell that from an archive that fell behind",
                $"Set 'clusters.{cluster.Name}.heartbeat', or let nothing but tomo-backup judge the age of WAL.")
            : null;
}
