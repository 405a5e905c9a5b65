using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Measurements;

/// <summary>The archived segments of one timeline, by number. Pure: made from a listing.</summary>
sealed class SegmentArchive
{
    readonly SortedDictionary<ulong, ArchivedFile> _files = [];
    readonly SortedSet<ulong> _conflicts = [];

    /// <summary>Nothing.</summary>
    public static SegmentArchive Empty { get; } = new();

    /// <summary>Segments with two contents: recovery cannot tell which is true.</summary>
    public IReadOnlySet<ulong> Conflicts => _conflicts;

    /// <summary>Number of the first one; 0 where there is none.</summary>
    public ulong First => _files.Keys.FirstOrDefault();

    /// <summary>Number of the last one; 0 where there is none.</summary>
    public ulong Last => _files.Keys.LastOrDefault();

    /// <summary>Number of the segment that was unfinished when the timeline ended; null where none was.</summary>
    public ulong? Unfinished { get; private set; }

    /// <summary>True where nothing is archived.</summary>
    public bool IsEmpty => _files.Count == 0;

    /// <summary>All timelines that segments were archived on. An unfinished segment counts where the whole one is not
    /// there: it was salvaged from a lost host.</summary>
    public static IReadOnlyDictionary<uint, SegmentArchive> Of(IEnumerable<ArchivedFile> files, WalSegmentSize size)
    {
        var timelines = new SortedDictionary<uint, SegmentArchive>();
        var partial = new List<(WalSegment Segment, ArchivedFile File)>();

        foreach (var file in files)
        {
            if (!WalFileName.TryParse(file.Name, out var name) || !name.TryGetSegment(size, out var segment))
                continue;

            if (name.Kind == WalFileKind.Partial)
                partial.Add((segment, file));

            if (name.Kind != WalFileKind.Segment)
                continue;

            if (!timelines.TryGetValue(segment.Timeline, out var timeline))
                timelines[segment.Timeline] = timeline = new SegmentArchive();

            if (!timeline._files.TryAdd(segment.Number, file))
                timeline._conflicts.Add(segment.Number);
        }

        foreach (var (segment, file) in partial)
            if (timelines.TryGetValue(segment.Timeline, out var timeline)
                && timeline._files.TryAdd(segment.Number, file))
                timeline.Unfinished = segment.Number;

        return timelines;
    }

    /// <summary>One of them; null where it is not archived.</summary>
    public ArchivedFile? Find(ulong number) => _files.GetValueOrDefault(number);

    /// <summary>The runs of segments that follow one another, conflicts left out.</summary>
    public IEnumerable<(ulong First, ulong Last)> UsableRuns()
    {
        (ulong First, ulong Last)? run = null;

        foreach (var number in _files.Keys.Where(n => !_conflicts.Contains(n)))
        {
            if (run is { } open && number != open.Last + 1)
            {
                yield return open;
                run = null;
            }

            run = (run?.First ?? number, number);
        }

        if (run is { } last)
            yield return last;
    }

    /// <summary>Segments between two numbers, both included, that are missing or there twice, in order.</summary>
    public IEnumerable<ulong> LostBetween(ulong first, ulong last)
    {
        for (var number = first; number <= last; number++)
            if (!_files.ContainsKey(number) || _conflicts.Contains(number))
                yield return number;
    }
}
