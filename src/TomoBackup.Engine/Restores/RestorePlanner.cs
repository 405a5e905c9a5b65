using System.Globalization;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Restores;

/// <summary>
/// Finds how to reach a moment: which backup, which timeline, which WAL, and at which record recovery will stop.
/// Refuses before a byte is copied, and then names the nearest moment that can be reached.
/// </summary>
sealed class RestorePlanner(RestoreSources sources)
{
    /// <summary>Plans, or throws <see cref="ErrorCode.TargetUnreachable"/> or
    /// <see cref="ErrorCode.NotFound"/>.</summary>
    public async Task<RestorePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        var path = sources.PathTo(options.Timeline ?? DefaultTimeline(options));
        var candidates = Candidates(options, path);
        string? reason = null;

        foreach (var backup in candidates)
        {
            var chain = Chain(backup, path);
            var attempt = await TryAsync(options, backup, path, chain, cancellationToken).ConfigureAwait(false);

            if (attempt.Plan is { } plan)
                return plan;

            reason ??= attempt.Reason;

            if (attempt.IsFinal)
                break;
        }

        throw await UnreachableAsync(options, path, candidates, reason, cancellationToken).ConfigureAwait(false);
    }

    uint DefaultTimeline(RestoreOptions options)
        => options is { Target: RestoreTarget.Immediate, Backup: { } id }
            ? sources.Catalog.Find(id).Timeline
            : sources.NewestTimeline();

    /// <summary>The backups that can follow the path, newest first.</summary>
    List<Manifest> Candidates(RestoreOptions options, TimelinePath path)
    {
        if (options.Backup is { } id)
        {
            var backup = sources.Catalog.Find(id);

            if (!backup.IsGood && !options.AcceptDamaged)
                throw TomoBackupException.Create(
                    ErrorCode.Damaged,
                    $"backup '{backup.Backup}' holds {backup.DamagedBlocks} blocks that were damaged in the source",
                    hint: "Choose another backup, or take it knowingly with '--accept-damaged'.");

            return path.Contains(backup.Timeline, backup.StopLsn) ? [backup] : throw OffPath(backup, path);
        }

        return [.. sources.Catalog.Backups
            .Where(b => (b.IsGood || options.AcceptDamaged) && path.Contains(b.Timeline, b.StopLsn))
            .OrderByDescending(b => b.StopLsn)];
    }

    WalChain Chain(Manifest backup, TimelinePath path)
    {
        var size = new WalSegmentSize(backup.WalSegmentSize);
        var first = WalSegment.Containing(backup.StartLsn, backup.Timeline, size).Number;
        return WalChain.Follow(path, first, size, sources.Archive);
    }

    async Task<Attempt> TryAsync(
        RestoreOptions options, Manifest backup, TimelinePath path, WalChain chain, CancellationToken cancellationToken)
    {
        switch (options.Target)
        {
            case RestoreTarget.Immediate:
                return new Attempt(
                    Plan(options, backup, path, chain, RecoveryGoal.Immediate, backup.StopLsn, null, []));

            case RestoreTarget.Position position when position.At < backup.StopLsn:
                return Attempt.TryOlder(
                    $"LSN {position.At} lies before the end of backup '{backup.Backup}' ({backup.StopLsn})");

            case RestoreTarget.Time time when time.At < backup.Stopped:
                return Attempt.TryOlder($"it lies before the end of backup '{backup.Backup}' ({Text(backup.Stopped)})");

            default:
                return await ScanAsync(options, backup, path, chain, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<Attempt> ScanAsync(
        RestoreOptions options, Manifest backup, TimelinePath path, WalChain chain, CancellationToken cancellationToken)
    {
        var size = new WalSegmentSize(backup.WalSegmentSize);
        var reader = new ChainScan(sources, size);
        var scan = await reader.RunAsync(chain, options.Target, backup.StopLsn, cancellationToken)
            .ConfigureAwait(false);

        if (scan.IsBeforeConsistency)
            return Attempt.TryOlder($"a later commit lies inside backup '{backup.Backup}'");

        if (scan.Stop is { } stop)
            return new Attempt(AtStop(options, backup, path, chain, scan, stop));

        if (chain.Hole is { } hole)
            return Attempt.Final(
                $"WAL segment '{hole}' is missing in repository '{sources.Repository.Name}', "
                + "although later ones are there");

        if (chain.Conflict is { } conflict)
            return Attempt.Final(
                $"WAL segment '{conflict}' has two contents in repository '{sources.Repository.Name}'");

        if (options.Target is RestoreTarget.Position)
            return Attempt.Final($"the archive ends at {scan.LastApplied?.End ?? backup.StopLsn}");

        return new Attempt(AtEnd(options, backup, path, chain, scan));
    }

    static RestorePlan AtStop(
        RestoreOptions options, Manifest backup, TimelinePath path, WalChain chain, ReplayScan scan, WalRecord stop)
    {
        var size = new WalSegmentSize(backup.WalSegmentSize);
        var last = WalSegment.LastBefore(stop.End, 1, size).Number;
        var needed = chain with { Segments = [.. chain.Segments.TakeWhile(s => s.Segment.Number <= last)] };

        var goal = options.Target switch
        {
            RestoreTarget.Time time => RecoveryGoal.At(time.At, !time.Exclusive),
            RestoreTarget.Position position => RecoveryGoal.At(position.At, !position.Exclusive),
            _ => throw new InvalidOperationException("only times and positions stop before the end"),
        };

        return Plan(
            options, backup, path, needed, goal, ReplayedTo(scan.LastApplied, size) ?? backup.StopLsn,
            scan.LastTransaction?.Time, []);
    }

    /// <summary>No later record exists: PostgreSQL would give up with a target that it never meets, so it is told the
    /// last record there is.</summary>
    static RestorePlan AtEnd(
        RestoreOptions options, Manifest backup, TimelinePath path, WalChain chain, ReplayScan scan)
    {
        var latest = scan.LastTransaction is { } transaction ? transaction.Time : backup.Stopped;
        string[] remarks = options.Target is RestoreTarget.Time
            ? [$"the archive holds nothing later than {Text(latest)}: the target is its end"]
            : [];

        return scan.LastApplied is { } last && last.Start >= backup.StopLsn
            ? Plan(
                options, backup, path, chain, RecoveryGoal.At(last.Start, inclusive: true),
                ReplayedTo(last, new WalSegmentSize(backup.WalSegmentSize)),
                scan.LastTransaction?.Time, remarks)
            : Plan(
                options, backup, path, chain, RecoveryGoal.Immediate, backup.StopLsn,
                scan.LastTransaction?.Time, remarks);
    }

    /// <summary>Behind a segment switch PostgreSQL goes on at the next segment (xlogreader.c), so that is where it has
    /// replayed to.</summary>
    static Lsn? ReplayedTo(WalRecord? last, WalSegmentSize size)
        => last is { Kind: WalRecordKind.SegmentSwitch, End: var end }
            ? WalSegment.LastBefore(end, 1, size).End(size)
            : last?.End;

    static RestorePlan Plan(
        RestoreOptions options,
        Manifest backup,
        TimelinePath path,
        WalChain chain,
        RecoveryGoal goal,
        Lsn? expectedEnd,
        DateTimeOffset? lastCommit,
        IReadOnlyList<string> remarks)
    {
        var size = new WalSegmentSize(backup.WalSegmentSize);
        var held = WalSegment.LastBefore(backup.StopLsn, backup.Timeline, size).Number;

        return new RestorePlan
        {
            Backup = backup,
            Target = options.Target,
            Timeline = path.Timeline,
            Goal = goal,
            ExpectedEnd = expectedEnd,
            LastCommit = lastCommit,
            Wal = goal == RecoveryGoal.Immediate ? [] : [.. chain.Segments.Where(s => s.Segment.Number > held)],
            Remarks = remarks,
        };
    }

    async Task<TomoBackupException> UnreachableAsync(
        RestoreOptions options,
        TimelinePath path,
        List<Manifest> candidates,
        string? reason,
        CancellationToken cancellationToken)
    {
        if (candidates.Count == 0)
            return TomoBackupException.Create(
                sources.Catalog.Backups.Count == 0 ? ErrorCode.NotFound : ErrorCode.TargetUnreachable,
                $"repository '{sources.Repository.Name}' holds no good backup of cluster '{sources.Lineage.Cluster}' "
                    + $"on the way to timeline {path.Timeline}",
                hint: sources.Catalog.Backups.Count == 0
                    ? "Take one with 'tomo-backup backup'."
                    : "Look at 'tomo-backup list', and choose another timeline with '--timeline'.");

        var nearest = await NearestAsync(options.Target, path, candidates, cancellationToken).ConfigureAwait(false);

        return TomoBackupException.Create(
            ErrorCode.TargetUnreachable,
            $"{options.Target} cannot be reached on timeline {path.Timeline}: {reason}",
            hint: nearest);
    }

    /// <summary>The end that can be reached, or the earliest moment where the target lies before all backups.</summary>
    async Task<string> NearestAsync(
        RestoreTarget target, TimelinePath path, List<Manifest> candidates, CancellationToken cancellationToken)
    {
        var oldest = candidates[^1];

        if (target is RestoreTarget.Time time && time.At < oldest.Stopped
            || target is RestoreTarget.Position position && position.At < oldest.StopLsn)
            return $"The nearest moment is {Text(oldest.Stopped)}: '--backup {oldest.Backup} --immediate'.";

        var newest = candidates[0];
        var chain = Chain(newest, path);
        var scan = await new ChainScan(sources, new WalSegmentSize(newest.WalSegmentSize))
            .RunAsync(chain, new RestoreTarget.Latest(), newest.StopLsn, cancellationToken).ConfigureAwait(false);

        var commit = scan.LastTransaction is { } transaction ? $" (last commit {Text(transaction.Time)})" : "";

        return scan.LastApplied is { } last && last.Start >= newest.StopLsn
            ? $"The nearest moment is LSN {last.Start}{commit}: '--to-lsn {last.Start}'."
            : $"The nearest moment is {Text(newest.Stopped)}: '--backup {newest.Backup} --immediate'.";
    }

    static TomoBackupException OffPath(Manifest backup, TimelinePath path)
        => TomoBackupException.Create(
            ErrorCode.TargetUnreachable,
            $"backup '{backup.Backup}' was taken on timeline {backup.Timeline} behind the point where timeline "
                + $"{path.Timeline} left it",
            hint: $"Follow its own timeline with '--timeline {backup.Timeline}', or let the planner choose a backup.");

    static string Text(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff 'UTC'", CultureInfo.InvariantCulture);

    sealed record Attempt(RestorePlan? Plan, string? Reason = null, bool IsFinal = false)
    {
        public static Attempt TryOlder(string reason) => new(null, reason);

        public static Attempt Final(string reason) => new(null, reason, IsFinal: true);
    }
}
