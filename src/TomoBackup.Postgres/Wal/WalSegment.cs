using System.Globalization;

namespace TomoBackup.Postgres.Wal;

/// <summary>
/// One file of the write-ahead log. The number counts segments from position zero, so it means something only
/// together with the cluster's segment size.
/// </summary>
public readonly record struct WalSegment(uint Timeline, ulong Number)
{
    /// <summary>Characters of a segment's name.</summary>
    public const int NameLength = 24;

    /// <summary>The segment after this one on the same timeline.</summary>
    public WalSegment Next => this with { Number = checked(Number + 1) };

    /// <summary>The segment that holds the byte at this position.</summary>
    public static WalSegment Containing(Lsn lsn, uint timeline, WalSegmentSize size)
        => new(timeline, lsn.Value / (ulong)size.Bytes);

    /// <summary>
    /// The last segment needed to replay up to a stop position, which is exclusive as PostgreSQL's stop positions are:
    /// one that lies exactly on a boundary needs only the segment before it. (pg_walfile_name changed its answer to
    /// this with version 17, hence our own arithmetic.)
    /// </summary>
    public static WalSegment LastBefore(Lsn stop, uint timeline, WalSegmentSize size)
        => stop == Lsn.Zero
            ? throw new ArgumentOutOfRangeException(nameof(stop), "no WAL lies before position 0/0")
            : Containing(new Lsn(stop.Value - 1), timeline, size);

    /// <summary>The position of the segment's first byte.</summary>
    public Lsn Start(WalSegmentSize size) => new(checked(Number * (ulong)size.Bytes));

    /// <summary>The position behind its last byte.</summary>
    public Lsn End(WalSegmentSize size) => Start(size) + (ulong)size.Bytes;

    /// <summary>PostgreSQL's file name: 24 hexadecimal digits in upper case.</summary>
    public string Name(WalSegmentSize size)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{Timeline:X8}{Number / size.SegmentsPerName:X8}{Number % size.SegmentsPerName:X8}");

    /// <summary>
    /// Takes a plain segment name. False for any other file's name, for timeline zero, and where the last eight digits
    /// cannot be in a cluster with segments of this size.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> name, WalSegmentSize size, out WalSegment segment)
    {
        segment = default;

        if (name.Length != NameLength
            || !UpperHex.TryParse(name[..8], out var timeline)
            || !UpperHex.TryParse(name[8..16], out var high)
            || !UpperHex.TryParse(name[16..], out var low)
            || timeline == 0
            || low >= size.SegmentsPerName)
            return false;

        segment = new WalSegment(timeline, (high * size.SegmentsPerName) + low);
        return true;
    }
}
