using TomoBackup.Postgres.Wal;

namespace TomoBackup.Measurements;

/// <summary>Says where each timeline left its parent: by its history file where a key opened it, otherwise by the names
/// of segments. Pure.</summary>
static class SegmentForks
{
    /// <param name="archives">What is archived, by timeline.</param>
    /// <param name="histories">Those that could be read, by timeline.</param>
    /// <param name="size">Size of a segment.</param>
    public static IReadOnlyDictionary<uint, SegmentFork> Of(
        IReadOnlyDictionary<uint, SegmentArchive> archives,
        IReadOnlyDictionary<uint, TimelineHistory> histories,
        WalSegmentSize size)
    {
        var forks = new Dictionary<uint, SegmentFork>();

        foreach (var (timeline, archive) in archives)
            if (histories.TryGetValue(timeline, out var history) && history.Switches is [.., var left])
                forks[timeline] = new SegmentFork(
                    left.ParentTimeline, left.SwitchLsn.Value / (ulong)size.Bytes, IsProven: true);
            else if (ByNames(timeline, archive, archives) is { } guess)
                forks[timeline] = guess;

        return forks;
    }

    /// <summary>The newest earlier timeline whose WAL leads up to the first segment of this one: right unless the same
    /// stretch was recovered twice.</summary>
    static SegmentFork? ByNames(
        uint timeline, SegmentArchive archive, IReadOnlyDictionary<uint, SegmentArchive> archives)
    {
        var parents = archives
            .Where(a => a.Key < timeline && a.Value.First <= archive.First && a.Value.Last + 1 >= archive.First)
            .Select(a => a.Key)
            .ToList();

        return parents.Count > 0
            ? new SegmentFork(
                parents.Max(), archives[parents.Max()].Unfinished ?? archive.First, IsProven: false)
            : null;
    }
}
