using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Verification;

/// <summary>Which segments of one timeline the archive holds. Pure: made from a listing.</summary>
sealed class ArchivedTimeline
{
    readonly SortedDictionary<ulong, ArchivedFile> _whole = [];
    readonly SortedDictionary<ulong, ArchivedFile> _partial = [];

    ArchivedTimeline(uint timeline) => Timeline = timeline;

    public uint Timeline { get; }

    /// <summary>Whole segments by number.</summary>
    public IReadOnlyDictionary<ulong, ArchivedFile> Whole => _whole;

    /// <summary>Lowest number among the whole ones and the unfinished ones.</summary>
    public ulong First
        => Math.Min(_whole.Keys.FirstOrDefault(ulong.MaxValue), _partial.Keys.FirstOrDefault(ulong.MaxValue));

    /// <summary>Highest number of a whole segment; an unfinished one proves only what lies before it.</summary>
    public ulong Last => Math.Max(
        _whole.Keys.LastOrDefault(), _partial.Count > 0 && _partial.Keys.Last() is > 0 and var end ? end - 1 : 0);

    /// <summary>All timelines that segments were archived on, oldest first.</summary>
    public static IReadOnlyList<ArchivedTimeline> Of(IEnumerable<ArchivedFile> files, WalSegmentSize size)
    {
        var timelines = new SortedDictionary<uint, ArchivedTimeline>();

        foreach (var file in files)
        {
            if (!WalFileName.TryParse(file.Name, out var name)
                || name.Kind is not (WalFileKind.Segment or WalFileKind.Partial)
                || !name.TryGetSegment(size, out var segment))
                continue;

            if (!timelines.TryGetValue(name.Timeline, out var timeline))
                timelines[name.Timeline] = timeline = new ArchivedTimeline(name.Timeline);

            (name.Kind == WalFileKind.Segment ? timeline._whole : timeline._partial)[segment.Number] = file;
        }

        return [.. timelines.Values];
    }

    /// <summary>The runs of whole segments that follow one another.</summary>
    public IEnumerable<(ulong First, ulong Last)> Spans()
    {
        (ulong First, ulong Last)? span = null;

        foreach (var number in _whole.Keys)
        {
            if (span is { } open && number != open.Last + 1)
                yield return open;

            span = span is { } grown && number == grown.Last + 1 ? (grown.First, number) : (number, number);
        }

        if (span is { } last)
            yield return last;
    }

    /// <summary>The runs of segments that are missing from the first archived one up to a number.</summary>
    public IEnumerable<(ulong First, ulong Last)> Holes(ulong upTo)
    {
        var next = First;

        foreach (var (first, last) in Spans())
        {
            if (first > next)
                yield return (next, first - 1);

            next = last + 1;
        }

        if (next <= upTo)
            yield return (next, upTo);
    }
}
