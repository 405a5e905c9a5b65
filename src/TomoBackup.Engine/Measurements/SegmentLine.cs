using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Measurements;

/// <summary>Where a timeline left its parent, by segments.</summary>
/// <param name="Parent">The parent's number.</param>
/// <param name="Segment">Number of the segment that holds the fork.</param>
/// <param name="IsProven">True where the history file says so.</param>
readonly record struct SegmentFork(uint Parent, ulong Segment, bool IsProven);

/// <summary>A run of segments that recovery can replay.</summary>
/// <param name="Entry">The good backup that it begins with; null where it goes on from the parent timeline.</param>
/// <param name="First">Number of the first archived segment; one more than the last where the backup stands
/// alone.</param>
/// <param name="Last">Number of the last segment, archived or held by the backup.</param>
sealed record SegmentSpan(Manifest? Entry, ulong First, ulong Last)
{
    /// <summary>True where no archived segment belongs to it.</summary>
    public bool IsAlone => First > Last;
}

/// <summary>
/// One timeline, by segments: which runs can be replayed and from where. Pure: made from listings and manifests. A
/// backup stands alone with the WAL that it holds; the archive is needed from the segment behind it.
/// </summary>
sealed class SegmentLine
{
    readonly SegmentArchive _archive;
    readonly WalSegmentSize _size;

    SegmentLine(
        uint timeline, SegmentArchive archive, SegmentFork? fork, IReadOnlyList<Manifest> backups, WalSegmentSize size)
        => (Timeline, _archive, Fork, Backups, _size) = (timeline, archive, fork, backups, size);

    public uint Timeline { get; }

    public SegmentFork? Fork { get; }

    /// <summary>Backups of this timeline, oldest first.</summary>
    public IReadOnlyList<Manifest> Backups { get; }

    /// <summary>The archived segments.</summary>
    public SegmentArchive Archive => _archive;

    /// <summary>What can be replayed, oldest first.</summary>
    public IReadOnlyList<SegmentSpan> Spans { get; private set; } = [];

    /// <summary>Follows all timelines, oldest first, since each may go on from an earlier one.</summary>
    public static IReadOnlyList<SegmentLine> Follow(
        IReadOnlyDictionary<uint, SegmentArchive> archives,
        IReadOnlyDictionary<uint, SegmentFork> forks,
        IReadOnlyList<Manifest> backups,
        WalSegmentSize size)
    {
        var lines = new List<SegmentLine>();

        foreach (var timeline in archives.Keys.Concat(backups.Select(b => b.Timeline)).Distinct().Order())
        {
            var line = new SegmentLine(
                timeline,
                archives.GetValueOrDefault(timeline) ?? SegmentArchive.Empty,
                forks.TryGetValue(timeline, out var fork) ? fork : null,
                [.. backups.Where(b => b.Timeline == timeline)],
                size);

            line.Spans = line.FindSpans(lines);
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Number of the last segment that a backup holds itself.</summary>
    public ulong HeldBy(Manifest backup) => WalSegment.LastBefore(backup.StopLsn, backup.Timeline, _size).Number;

    /// <summary>True where recovery from a backup, or the backup itself, lies in a span.</summary>
    public bool IsIn(Manifest backup, SegmentSpan span)
        => HeldBy(backup) + 1 >= span.First && HeldBy(backup) <= span.Last;

    List<SegmentSpan> FindSpans(List<SegmentLine> parents)
    {
        var spans = new List<SegmentSpan>();
        var good = Backups.Where(b => b.IsGood).ToList();

        foreach (var (first, last) in _archive.UsableRuns())
            if (GoesOnFromParent(first, last, parents))
                spans.Add(new SegmentSpan(null, Fork!.Value.Segment, last));
            else if (good.Find(b => HeldBy(b) + 1 >= first && HeldBy(b) <= last) is { } entry)
                spans.Add(new SegmentSpan(entry, HeldBy(entry) + 1, last));

        foreach (var alone in good.Where(b => !spans.Exists(s => IsIn(b, s))))
            spans.Add(new SegmentSpan(alone, HeldBy(alone) + 1, HeldBy(alone)));

        spans.Sort(static (a, b) => a.Last.CompareTo(b.Last));
        return spans;
    }

    bool GoesOnFromParent(ulong first, ulong last, List<SegmentLine> parents)
        => Fork is { } fork
            && fork.Segment >= first && fork.Segment <= last
            && parents.Find(p => p.Timeline == fork.Parent) is { } parent
            && parent.Reaches(fork.Segment);

    /// <summary>True where every segment before that one can be replayed here.</summary>
    bool Reaches(ulong segment)
        => Spans.Any(s => (s.Entry is null ? s.First : HeldBy(s.Entry)) <= segment && s.Last + 1 >= segment);
}
