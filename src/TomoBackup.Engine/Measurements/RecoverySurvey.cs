using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Measurements;

/// <summary>
/// Gives the runs of segments their moments, by the public notes of the segments at their edges: a few headers are
/// read, whatever the size of the archive. Notes are proven only to who opens the segment.
/// </summary>
sealed class RecoverySurvey(Repository repository, WalSegmentSize size)
{
    /// <summary>How far to look for a commit: an idle server archives many segments without one.</summary>
    const int CommitSearch = 16;

    public async Task<RecoveryMap> RunAsync(IReadOnlyList<SegmentLine> lines, CancellationToken cancellationToken)
    {
        var drawn = new List<TimelineLine>();

        foreach (var line in lines)
        {
            var fork = await ForkAsync(line, lines, cancellationToken).ConfigureAwait(false);
            var spans = new List<ReachableSpan>();

            foreach (var span in line.Spans)
                spans.Add(await DescribeAsync(line, span, fork, cancellationToken).ConfigureAwait(false));

            drawn.Add(new TimelineLine(line.Timeline, fork, spans, [.. Gaps(line, fork, spans)], [.. Marks(line)]));
        }

        return new RecoveryMap(drawn);
    }

    /// <summary>Last commit in a run of segments, searched backwards; null where the last ones hold none.</summary>
    public async Task<DateTimeOffset?> LastCommitAsync(
        SegmentArchive archive, ulong first, ulong last, CancellationToken cancellationToken)
    {
        for (var (number, tries) = (last, 0); number >= first && tries < CommitSearch; number--, tries++)
            if ((await ReadAsync(archive, number, cancellationToken).ConfigureAwait(false))?.LastCommit is { } commit)
                return commit;

        return null;
    }

    async Task<TimelineFork?> ForkAsync(
        SegmentLine line, IReadOnlyList<SegmentLine> lines, CancellationToken cancellationToken)
    {
        if (line.Fork is not { } fork)
            return null;

        DateTimeOffset? at = null;

        if (fork.Segment > 0 && lines.FirstOrDefault(l => l.Timeline == fork.Parent) is { } parent)
            at = await LastCommitAsync(
                parent.Archive, fork.Segment > CommitSearch ? fork.Segment - CommitSearch : 0, fork.Segment - 1,
                cancellationToken).ConfigureAwait(false);

        at ??= (await ReadAsync(line.Archive, fork.Segment, cancellationToken).ConfigureAwait(false))?.FirstCommit;
        return new TimelineFork(fork.Parent, at, fork.IsProven);
    }

    async Task<ReachableSpan> DescribeAsync(
        SegmentLine line, SegmentSpan span, TimelineFork? fork, CancellationToken cancellationToken)
    {
        var held = line.Backups
            .Where(b => b.IsGood && line.IsIn(b, span))
            .ToList();

        if (span.IsAlone)
            return new ReachableSpan(
                line.Timeline, span.Entry!.Stopped, held.Append(span.Entry).Max(b => b.Stopped), span.Entry.Backup,
                null, span.Entry.StopLsn);

        var commit = await LastCommitAsync(line.Archive, span.First, span.Last, cancellationToken)
            .ConfigureAwait(false);
        var end = (await ReadAsync(line.Archive, span.Last, cancellationToken).ConfigureAwait(false))?.End;
        var to = Latest([commit, .. held.Select(b => (DateTimeOffset?)b.Stopped)]);
        var from = span.Entry?.Stopped ?? fork?.At;
        var last = new WalSegment(line.Timeline, span.Last);

        return new ReachableSpan(
            line.Timeline,
            from ?? to ?? DateTimeOffset.UnixEpoch,
            Latest([to, from]) ?? DateTimeOffset.UnixEpoch,
            span.Entry?.Backup,
            new WalStretch(Name(line, span.First), last.Name(size)),
            end is { Value: > 0 } known ? known : last.End(size));
    }

    IEnumerable<RecoveryGap> Gaps(SegmentLine line, TimelineFork? fork, List<ReachableSpan> spans)
    {
        // Before the first span a gap lies only where the line should go on from its parent and does not.
        var begin = line.Fork is not null && line.Spans is not [{ Entry: null }, ..] ? -1 : 0;

        for (var i = begin; i < spans.Count; i++)
        {
            var (next, until) = i + 1 < spans.Count ? (line.Spans[i + 1], spans[i + 1]) : (null, null);
            var (from, after) = i < 0
                ? (line.Fork!.Value.Segment, fork?.At)
                : (line.Spans[i].Last + 1, (DateTimeOffset?)spans[i].To);

            if (Gap(line, from, next, after, until) is { } gap)
                yield return gap;
        }
    }

    /// <summary>What is lost from a segment on up to the next span, or to the end; null where nothing is.</summary>
    RecoveryGap? Gap(
        SegmentLine line, ulong from, SegmentSpan? next, DateTimeOffset? after, ReachableSpan? until)
    {
        var end = next?.Entry is { } entry ? line.HeldBy(entry) : line.Archive.Last;
        var lost = line.Archive.LostBetween(from, end).ToList();

        return lost.Count == 0
            ? null
            : new RecoveryGap(
                new WalStretch(Name(line, lost[0]), Name(line, lost[^1])),
                lost.Count,
                line.Archive.Conflicts.Contains(lost[0]),
                after,
                until?.From);
    }

    static IEnumerable<BackupMark> Marks(SegmentLine line)
        => line.Backups.Select(b => new BackupMark(b.Backup, b.Kind == Manifest.Full, b.IsGood, b.Stopped));

    string Name(SegmentLine line, ulong number) => new WalSegment(line.Timeline, number).Name(size);

    async Task<WalNote?> ReadAsync(SegmentArchive archive, ulong number, CancellationToken cancellationToken)
        => archive.Find(number) is { } file
            ? await WalNote.TryReadAsync(repository, file, cancellationToken).ConfigureAwait(false)
            : null;

    static DateTimeOffset? Latest(IEnumerable<DateTimeOffset?> moments) => moments.Max();
}
