using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Archiving;

/// <summary>What one call of <c>restore_command</c> does about a name. Pure. A closed family.</summary>
abstract record GetPlan
{
    const int MostAhead = 16;
    const int MostBytesAhead = 256 << 20;

    GetPlan()
    {
    }

    /// <summary>Fetch it, and these further ones on the way; that it is missing would be a hole, never an
    /// end.</summary>
    public sealed record Fetch(string ArchivedName, IReadOnlyList<string> Ahead) : GetPlan;

    /// <summary>Fetch it where the archive has it; a complete listing without it proves that there is none.</summary>
    public sealed record Probe : GetPlan;

    /// <summary>Say that there is none: the restore did not plan it, or put it into pg_wal already.</summary>
    public sealed record NotPlanned : GetPlan;

    /// <summary>Decides for a prepared restore. Ahead of a segment come up to 16 more, or 256 MiB of them.</summary>
    public static GetPlan Decide(RecoverySession session, string name)
    {
        if (!WalFileName.TryParse(name, out var parsed))
            return new NotPlanned();

        // PostgreSQL looks for the highest history file to find a free timeline: only the archive knows.
        if (parsed.Kind == WalFileKind.TimelineHistory)
            return new Probe();

        var size = new WalSegmentSize(session.SegmentSize);

        if (parsed.Kind != WalFileKind.Segment || !parsed.TryGetSegment(size, out var segment))
            return new NotPlanned();

        var range = session.Planned.FirstOrDefault(r => r.Contains(segment.Timeline, segment.Number));

        if (range is null || session.Held.Any(r => r.Contains(segment.Timeline, segment.Number)))
            return new NotPlanned();

        var ahead = new List<string>();
        var lookAhead = Math.Clamp(MostBytesAhead / session.SegmentSize, 1, MostAhead);

        for (var next = segment.Next; ahead.Count < lookAhead && next.Number <= range.Last; next = next.Next)
            ahead.Add(NameInArchive(session, next.Name(size)));

        return new Fetch(NameInArchive(session, name), ahead);
    }

    static string NameInArchive(RecoverySession session, string name)
        => session.Partial.Contains(name) ? $"{name}.partial" : name;
}
