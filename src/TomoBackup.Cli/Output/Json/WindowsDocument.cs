using TomoBackup.Measurements;

namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>windows --json</c> answers (<c>docs/operate/status.md</c>).</summary>
/// <param name="Time">When it was looked at.</param>
/// <param name="Exit">The exit code.</param>
/// <param name="Clusters">In the order of the policy.</param>
sealed record WindowsDocument(DateTimeOffset Time, int Exit, IReadOnlyList<ClusterWindowsDocument> Clusters)
{
    public static WindowsDocument Of(IReadOnlyList<ClusterWindows> clusters, ErrorCode exit) => new(
        clusters[0].At,
        (int)exit,
        [.. clusters.Select(c => new ClusterWindowsDocument(
            c.Cluster, [.. c.Repositories.Select(RepositoryWindowsDocument.Of)]))]);
}

/// <summary>One cluster of <see cref="WindowsDocument"/>.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Repositories">In the order of the policy.</param>
sealed record ClusterWindowsDocument(string Cluster, IReadOnlyList<RepositoryWindowsDocument> Repositories);

/// <summary>One repository of <see cref="ClusterWindowsDocument"/>.</summary>
/// <param name="Repository">Its name.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Unknown">Why it could not be looked at; left out where it could.</param>
/// <param name="Earliest">The first moment that can be reached; left out where there is none.</param>
/// <param name="Latest">The last one.</param>
/// <param name="UnbrokenSince">From here to the latest every moment can be reached.</param>
/// <param name="Timelines">Oldest first.</param>
sealed record RepositoryWindowsDocument(
    string Repository,
    string Address,
    string? Unknown,
    DateTimeOffset? Earliest,
    DateTimeOffset? Latest,
    DateTimeOffset? UnbrokenSince,
    IReadOnlyList<TimelineDocument> Timelines)
{
    public static RepositoryWindowsDocument Of(RepositoryWindows windows)
    {
        var map = windows.Map.Seen ?? RecoveryMap.Empty;

        return new RepositoryWindowsDocument(
            windows.Repository, windows.Address, windows.Map.Unknown?.Reason, map.Earliest, map.Latest,
            map.UnbrokenSince, [.. map.Lines.Select(TimelineDocument.Of)]);
    }
}

/// <summary>One timeline of <see cref="RepositoryWindowsDocument"/>.</summary>
/// <param name="Timeline">Its number.</param>
/// <param name="Fork">Where it left its parent; left out for the first.</param>
/// <param name="Spans">Stretches of moments that can be reached.</param>
/// <param name="Gaps">Stretches that cannot.</param>
/// <param name="Backups">Backups of this timeline.</param>
sealed record TimelineDocument(
    uint Timeline,
    TimelineFork? Fork,
    IReadOnlyList<SpanDocument> Spans,
    IReadOnlyList<RecoveryGap> Gaps,
    IReadOnlyList<BackupMark> Backups)
{
    public static TimelineDocument Of(TimelineLine line)
        => new(line.Timeline, line.Fork, [.. line.Spans.Select(SpanDocument.Of)], line.Gaps, line.Backups);
}

/// <summary>A stretch of moments.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The last.</param>
/// <param name="Backup">The backup that it begins with; left out where it goes on from the parent timeline.</param>
/// <param name="Wal">The archived segments; left out where the backup stands alone.</param>
/// <param name="EndLsn">Behind the last record.</param>
sealed record SpanDocument(DateTimeOffset From, DateTimeOffset To, string? Backup, WalStretch? Wal, string EndLsn)
{
    public static SpanDocument Of(ReachableSpan span)
        => new(span.From, span.To, span.Backup, span.Wal, span.End.ToString());
}
