using System.Globalization;

namespace TomoBackup.Postgres.Wal;

/// <summary>One line of a history file: the parent was left at the switch position, and why.</summary>
public readonly record struct TimelineSwitch(uint ParentTimeline, Lsn SwitchLsn, string Reason);

/// <summary>The ancestry of a timeline, as its history file states it.</summary>
/// <remarks>
/// Positions need not ascend: a recovery that aims at timeline 3 but stops at a point before timeline 2 began writes
/// the whole history of 3 and then "3, left at that early point". So an ancestor's part ends at the earliest switch
/// from its own line on.
/// </remarks>
public sealed class TimelineHistory
{
    readonly TimelineSwitch[] _switches;
    readonly Lsn[] _ends;

    TimelineHistory(uint timeline, TimelineSwitch[] switches)
    {
        Timeline = timeline;
        _switches = switches;
        _ends = new Lsn[switches.Length];

        for (var i = switches.Length - 1; i >= 0; i--)
            _ends[i] = i + 1 < _ends.Length && _ends[i + 1] < switches[i].SwitchLsn
                ? _ends[i + 1]
                : switches[i].SwitchLsn;
    }

    /// <summary>The timeline whose history this is.</summary>
    public uint Timeline { get; }

    /// <summary>The ancestors, oldest first; empty for a cluster's first timeline.</summary>
    public IReadOnlyList<TimelineSwitch> Switches => _switches;

    /// <summary>Where this timeline began; zero for a cluster's first one.</summary>
    public Lsn Start => _switches is [.., var last] ? last.SwitchLsn : Lsn.Zero;

    /// <summary>The history of a timeline that has no file: timeline 1, or one whose ancestors are unknown.</summary>
    public static TimelineHistory WithoutAncestors(uint timeline) => new(timeline, []);

    /// <summary>Reads the text of <c>&lt;timeline&gt;.history</c>.</summary>
    /// <exception cref="PostgresFormatException">
    /// A line is not <c>parent TAB position TAB reason</c>, or the timelines do not ascend as PostgreSQL demands.
    /// </exception>
    public static TimelineHistory Parse(uint timeline, ReadOnlySpan<char> text)
    {
        var switches = new List<TimelineSwitch>();

        foreach (var line in text.EnumerateLines())
        {
            var trimmed = line.TrimStart();

            if (trimmed.IsEmpty || trimmed[0] == '#')
                continue;

            var entry = ParseLine(timeline, trimmed);

            if (entry.ParentTimeline >= timeline
                || (switches is [.., var previous] && previous.ParentTimeline >= entry.ParentTimeline))
                throw new PostgresFormatException($"history of timeline {timeline} is out of order at '{trimmed}'");

            switches.Add(entry);
        }

        return new TimelineHistory(timeline, [.. switches]);
    }

    /// <summary>
    /// True where all WAL of <paramref name="timeline"/> before <paramref name="lsn"/> is part of this history, so that
    /// a backup that stopped there can be rolled forward onto this timeline. A position at the switch itself counts:
    /// positions are exclusive ends.
    /// </summary>
    public bool IsAncestor(uint timeline, Lsn lsn)
    {
        if (timeline == Timeline)
            return true;

        var ancestor = Array.FindIndex(_switches, entry => entry.ParentTimeline == timeline);
        return ancestor >= 0 && lsn <= _ends[ancestor];
    }

    /// <summary>Where an ancestor's part ends, exclusive; null for this timeline itself and for one that is none of its
    /// ancestors.</summary>
    public Lsn? EndOf(uint timeline)
    {
        var ancestor = Array.FindIndex(_switches, entry => entry.ParentTimeline == timeline);
        return ancestor >= 0 ? _ends[ancestor] : null;
    }

    /// <summary>The timeline on which the byte at this position was written.</summary>
    public uint TimelineAt(Lsn lsn)
    {
        var ancestor = Array.FindIndex(_ends, end => lsn < end);
        return ancestor >= 0 ? _switches[ancestor].ParentTimeline : Timeline;
    }

    static TimelineSwitch ParseLine(uint timeline, ReadOnlySpan<char> line)
    {
        Span<Range> parts = stackalloc Range[3];
        var count = line.Split(parts, '\t');

        if (count < 2
            || !uint.TryParse(line[parts[0]], NumberStyles.None, CultureInfo.InvariantCulture, out var parent)
            || parent == 0
            || !Lsn.TryParse(line[parts[1]].TrimEnd(), null, out var lsn))
            throw new PostgresFormatException($"history of timeline {timeline} has a line '{line}' that is no switch");

        return new TimelineSwitch(parent, lsn, count == 3 ? line[parts[2]].ToString() : "");
    }
}
