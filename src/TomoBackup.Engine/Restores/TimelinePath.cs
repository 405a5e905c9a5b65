using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Restores;

/// <summary>
/// The way from a cluster's first byte of WAL to a timeline: its ancestors, each up to the point where it was left.
/// Pure.
/// </summary>
sealed class TimelinePath
{
    readonly TimelineHistory _history;

    /// <summary>Takes the history of the timeline that recovery is to end on.</summary>
    public TimelinePath(TimelineHistory history) => _history = history;

    /// <summary>The timeline at the end of the path.</summary>
    public uint Timeline => _history.Timeline;

    /// <summary>True where a position on a timeline lies on this path: a backup that stopped there can follow
    /// it.</summary>
    public bool Contains(uint timeline, Lsn lsn)
        => timeline == Timeline
            ? lsn >= _history.Start
            : _history.Switches.Any(s => s.ParentTimeline == timeline && lsn <= s.SwitchLsn);

    /// <summary>
    /// The timelines whose file may hold this segment, best first. PostgreSQL asks for the newest that had begun by
    /// this segment; in the very segment of a switch the older file serves as well, up to the switch.
    /// </summary>
    public IEnumerable<uint> TimelinesOf(ulong segment, WalSegmentSize size)
    {
        ulong SegmentOf(Lsn lsn) => lsn.Value / (ulong)size.Bytes;

        var begin = _history.Start;

        if (SegmentOf(begin) <= segment)
            yield return Timeline;

        for (var i = _history.Switches.Count - 1; i >= 0; i--)
        {
            var end = _history.Switches[i].SwitchLsn;
            begin = i > 0 ? _history.Switches[i - 1].SwitchLsn : Lsn.Zero;

            if (SegmentOf(begin) <= segment && segment <= SegmentOf(end))
                yield return _history.Switches[i].ParentTimeline;
        }
    }
}
