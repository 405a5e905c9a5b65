namespace TomoBackup.Retention;

/// <summary>How far recovery gets from a segment on before it meets a hole. Pure.</summary>
sealed class ArchiveReach
{
    readonly TimelineTree _tree;
    readonly Dictionary<uint, List<Run>> _runs = [];
    readonly Dictionary<uint, IReadOnlyList<SegmentSpan>> _paths = [];

    readonly record struct Run(ulong First, ulong Last, DateTimeOffset Stored);

    /// <summary>Over the archived segments for which the predicate holds.</summary>
    public ArchiveReach(
        TimelineTree tree, IReadOnlyList<ArchivedWal> archive, Func<uint, StoredSegment, bool> isThere)
    {
        _tree = tree;

        foreach (var wal in archive)
        {
            var runs = _runs[wal.Timeline] = [];

            foreach (var segment in wal.Segments)
                if (segment.CanBeReplayed && isThere(wal.Timeline, segment))
                    Add(runs, segment);
        }
    }

    /// <summary>The last segment that recovery reaches from a backup's start on, and when it was stored; null where not
    /// even the first is in the archive, so that the backup has its own copy only.</summary>
    public (ulong Segment, DateTimeOffset Stored)? From(KnownBackup backup, uint timeline)
    {
        if (!_paths.TryGetValue(timeline, out var path))
            _paths[timeline] = path = _tree.PathTo(timeline);

        (ulong Segment, DateTimeOffset Stored)? reached = null;

        for (var next = _tree.NumberOf(backup.StartLsn); Longest(path, next) is { } step; next = step.Segment + 1)
            reached = step;

        return reached;
    }

    (ulong Segment, DateTimeOffset Stored)? Longest(IReadOnlyList<SegmentSpan> path, ulong number)
    {
        (ulong Segment, DateTimeOffset Stored)? longest = null;

        foreach (var part in path)
            if (part.First <= number && number <= part.Last && RunOf(part.Timeline, number) is { } run)
            {
                var last = Math.Min(run.Last, part.Last);

                if (longest is null || last > longest.Value.Segment)
                    longest = (last, run.Stored);
            }

        return longest;
    }

    Run? RunOf(uint timeline, ulong number)
    {
        if (!_runs.TryGetValue(timeline, out var runs))
            return null;

        var (low, high) = (0, runs.Count - 1);

        while (low <= high)
        {
            var middle = (low + high) / 2;

            if (number < runs[middle].First)
                high = middle - 1;
            else if (number > runs[middle].Last)
                low = middle + 1;
            else
                return runs[middle];
        }

        return null;
    }

    static void Add(List<Run> runs, StoredSegment segment)
    {
        if (runs is [.., var open] && open.Last + 1 == segment.Number)
            runs[^1] = new Run(open.First, segment.Number, segment.Stored > open.Stored ? segment.Stored : open.Stored);
        else
            runs.Add(new Run(segment.Number, segment.Number, segment.Stored));
    }
}
