using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Verification;

/// <summary>
/// Says which spans of WAL can be replayed, by the public notes of their last segments. Notes are proven only to who
/// opens the segment, which a deep verification does.
/// </summary>
sealed class WindowSurvey(VerifyContext context, IReadOnlyList<Manifest> backups, WalSegmentSize size)
{
    /// <summary>How far back to look for a commit: an idle server archives many segments without one.</summary>
    const int CommitSearch = 16;

    public async Task<IReadOnlyList<RecoveryWindow>> RunAsync(
        IReadOnlyList<ArchivedTimeline> timelines, CancellationToken cancellationToken)
    {
        var windows = new List<RecoveryWindow>();

        foreach (var timeline in timelines)
            foreach (var (first, last) in timeline.Spans())
                windows.Add(await DescribeAsync(timeline, first, last, cancellationToken).ConfigureAwait(false));

        return windows;
    }

    async Task<RecoveryWindow> DescribeAsync(
        ArchivedTimeline timeline, ulong first, ulong last, CancellationToken cancellationToken)
    {
        var (begin, end) = (new WalSegment(timeline.Timeline, first), new WalSegment(timeline.Timeline, last));
        var ending = await ReadAsync(timeline, last, cancellationToken).ConfigureAwait(false);
        var commit = ending?.LastCommit;

        for (var number = last; commit is null && number > first && last - number < CommitSearch;)
            commit = (await ReadAsync(timeline, --number, cancellationToken).ConfigureAwait(false))?.LastCommit;

        var backup = backups.FirstOrDefault(b => b.Timeline == timeline.Timeline && Joins(b, first, last));

        return new RecoveryWindow
        {
            Wal = new WalRange(timeline.Timeline, begin.Name(size), end.Name(size)),
            Start = begin.Start(size),
            End = ending?.End is { Value: > 0 } known ? known : end.End(size),
            LastCommit = commit,
            Backup = backup?.Backup,
            Earliest = backup?.Stopped,
        };
    }

    /// <summary>A backup holds its own WAL, so the span may begin as late as the segment behind it.</summary>
    bool Joins(Manifest backup, ulong first, ulong last)
    {
        var held = WalSegment.LastBefore(backup.StopLsn, backup.Timeline, size).Number;
        return held + 1 >= first && held <= last;
    }

    async Task<WalNote?> ReadAsync(ArchivedTimeline timeline, ulong number, CancellationToken cancellationToken)
        => await WalNote.TryReadAsync(context.Repository, timeline.Whole[number], cancellationToken)
            .ConfigureAwait(false);
}
