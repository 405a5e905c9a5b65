using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Retention;

/// <summary>Which WAL leads to which timeline, by the history files and never by the order of names. Pure.</summary>
sealed class TimelineTree(IReadOnlyDictionary<uint, TimelineHistory> histories, WalSegmentSize size)
{
    /// <summary>The cluster's first timeline, which has no history file.</summary>
    const uint First = 1;

    /// <summary>False where a timeline's ancestors are not known, and so neither is what it needs.</summary>
    public bool Knows(uint timeline) => timeline == First || histories.ContainsKey(timeline);

    /// <summary>True where a backup can be rolled forward onto a timeline.</summary>
    public bool Leads(KnownBackup backup, uint timeline)
        => HistoryOf(timeline).IsAncestor(backup.Timeline, backup.StopLsn);

    /// <summary>The spans that recovery to a timeline asks for, oldest first; in the segment of a switch either
    /// timeline's file serves.</summary>
    public IReadOnlyList<SegmentSpan> PathTo(uint timeline)
    {
        var history = HistoryOf(timeline);
        var path = new List<SegmentSpan>();
        var begin = Lsn.Zero;

        foreach (var fork in history.Switches)
        {
            path.Add(new SegmentSpan(fork.ParentTimeline, NumberOf(begin), NumberOf(fork.SwitchLsn)));
            begin = fork.SwitchLsn;
        }

        path.Add(new SegmentSpan(timeline, NumberOf(begin), ulong.MaxValue));
        return path;
    }

    /// <summary>All WAL that a recovery from a backup to a timeline may ask for. Never less than it does: a part begins
    /// at the backup even where its timeline began later.</summary>
    public IEnumerable<SegmentSpan> NeededFrom(KnownBackup backup, uint timeline)
    {
        var first = NumberOf(backup.StartLsn);

        foreach (var part in PathTo(timeline))
            if (part.Last >= first)
                yield return part with { First = first };
    }

    /// <summary>The segment that holds the byte at this position.</summary>
    public ulong NumberOf(Lsn lsn) => lsn.Value / (ulong)size.Bytes;

    /// <summary>The last segment that a backup needs.</summary>
    public ulong LastOf(KnownBackup backup) => WalSegment.LastBefore(backup.StopLsn, backup.Timeline, size).Number;

    TimelineHistory HistoryOf(uint timeline)
        => histories.TryGetValue(timeline, out var history)
            ? history
            : TimelineHistory.WithoutAncestors(timeline);
}
