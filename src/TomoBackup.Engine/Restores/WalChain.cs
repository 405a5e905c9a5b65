using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Restores;

/// <summary>
/// The archived segments that recovery replays one after the other, from a start without a hole. Pure: made from a
/// listing.
/// </summary>
/// <param name="Segments">In order, each next to the one before.</param>
/// <param name="Hole">The first segment that is missing although later ones exist; null where the chain ends with the
/// archive.</param>
/// <param name="Conflict">A segment with two contents, at which the chain ends; null where there is none.</param>
sealed record WalChain(IReadOnlyList<ChainSegment> Segments, string? Hole, string? Conflict)
{
    /// <summary>Follows the path from a segment on, as far as the archive goes.</summary>
    public static WalChain Follow(
        TimelinePath path, ulong first, WalSegmentSize size, ILookup<string, ArchivedFile> archive)
    {
        var segments = new List<ChainSegment>();
        var last = LastKnown(path, size, archive);

        for (var number = first; number <= last; number++)
        {
            var names = path.TimelinesOf(number, size)
                .Select(timeline => new WalSegment(timeline, number))
                .ToList();

            var found = names.Select(s => (Segment: s, Files: Find(archive, s.Name(size))))
                .FirstOrDefault(f => f.Files.Count > 0);

            if (found.Files is not { Count: > 0 } files)
                return new WalChain(segments, Hole: names[0].Name(size), Conflict: null);

            if (files.Count > 1)
                return new WalChain(segments, Hole: null, Conflict: found.Segment.Name(size));

            segments.Add(new ChainSegment(found.Segment, files[0]));
        }

        return new WalChain(segments, Hole: null, Conflict: null);
    }

    /// <summary>A whole segment where there is one; otherwise an unfinished one that was salvaged.</summary>
    static List<ArchivedFile> Find(ILookup<string, ArchivedFile> archive, string name)
        => archive[name].ToList() is { Count: > 0 } whole ? whole : [.. archive[$"{name}.partial"]];

    static ulong LastKnown(TimelinePath path, WalSegmentSize size, ILookup<string, ArchivedFile> archive)
    {
        var last = 0UL;

        foreach (var group in archive)
            if (WalFileName.TryParse(group.Key, out var name)
                && name.Kind is WalFileKind.Segment or WalFileKind.Partial
                && name.TryGetSegment(size, out var segment)
                && segment.Number > last
                && path.TimelinesOf(segment.Number, size).Contains(segment.Timeline))
                last = segment.Number;

        return last;
    }
}

/// <summary>A segment and where its content is.</summary>
/// <param name="Segment">What recovery asks for.</param>
/// <param name="File">What it gets: the segment itself, or a salvaged partial one.</param>
sealed record ChainSegment(WalSegment Segment, ArchivedFile File)
{
    /// <summary>True where the segment was still being written when its host was lost.</summary>
    public bool IsPartial => File.Name.EndsWith(".partial", StringComparison.Ordinal);
}
