namespace TomoBackup.Postgres.Wal;

/// <summary>What PostgreSQL hands to its archiver.</summary>
public enum WalFileKind
{
    /// <summary>A whole segment, <c>000000010000000000000003</c>.</summary>
    Segment,

    /// <summary>The unfinished last segment of a timeline that a promotion ended, <c>….partial</c>.</summary>
    Partial,

    /// <summary>The record of a finished backup, <c>….0000A028.backup</c>.</summary>
    BackupHistory,

    /// <summary>Where a timeline branched off, <c>00000002.history</c>.</summary>
    TimelineHistory,
}

/// <summary>A file name that may appear in <c>pg_wal</c> and be archived, taken apart.</summary>
/// <param name="Kind">What the file is.</param>
/// <param name="Timeline">The timeline in the first eight digits.</param>
/// <param name="SegmentName">The 24 digits of the segment; empty for a timeline history.</param>
/// <param name="BackupOffset">Only of a backup history: where in the segment the backup starts.</param>
public readonly record struct WalFileName(WalFileKind Kind, uint Timeline, string SegmentName, uint BackupOffset)
{
    const string PartialSuffix = ".partial";
    const string BackupSuffix = ".backup";
    const string HistorySuffix = ".history";

    /// <summary>
    /// Classifies a bare file name. False means that PostgreSQL never archives a file of this name: the caller refuses
    /// it, since it cannot have come from the archiver.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> name, out WalFileName result)
    {
        result = default;

        if (name.Length < 8 || !UpperHex.TryParse(name[..8], out var timeline) || timeline == 0)
            return false;

        if (name[8..] is HistorySuffix)
        {
            result = new WalFileName(WalFileKind.TimelineHistory, timeline, "", 0);
            return true;
        }

        if (name.Length < WalSegment.NameLength
            || !UpperHex.TryParse(name[8..16], out _)
            || !UpperHex.TryParse(name[16..24], out _)
            || ClassifyRest(name[WalSegment.NameLength..]) is not var (kind, offset))
            return false;

        result = new WalFileName(kind, timeline, name[..WalSegment.NameLength].ToString(), offset);
        return true;
    }

    /// <summary>The segment that the name speaks of; false where a cluster with this size has no such name.</summary>
    public bool TryGetSegment(WalSegmentSize size, out WalSegment segment)
        => WalSegment.TryParse(SegmentName, size, out segment);

    /// <summary>The name that the parts were taken from.</summary>
    public override string ToString() => Kind switch
    {
        WalFileKind.Segment => SegmentName,
        WalFileKind.Partial => SegmentName + PartialSuffix,
        WalFileKind.BackupHistory => $"{SegmentName}.{BackupOffset:X8}{BackupSuffix}",
        _ => $"{Timeline:X8}{HistorySuffix}",
    };

    static (WalFileKind Kind, uint Offset)? ClassifyRest(ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty)
            return (WalFileKind.Segment, 0);

        if (rest is PartialSuffix)
            return (WalFileKind.Partial, 0);

        if (rest.Length == 9 + BackupSuffix.Length
            && rest[0] == '.'
            && rest[9..] is BackupSuffix
            && UpperHex.TryParse(rest[1..9], out var offset))
            return (WalFileKind.BackupHistory, offset);

        return null;
    }
}
