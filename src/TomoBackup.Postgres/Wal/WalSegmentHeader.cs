using System.Buffers.Binary;

namespace TomoBackup.Postgres.Wal;

/// <summary>Whether the first page of a segment fits to what the segment is said to be.</summary>
public enum WalHeaderVerdict
{
    /// <summary>Everything fits.</summary>
    Valid,

    /// <summary>No page of PostgreSQL 15 to 18 begins like this.</summary>
    UnknownMagic,

    /// <summary>A WAL page, but not the first of a segment.</summary>
    NotFirstPage,

    /// <summary>WAL of another cluster.</summary>
    OtherSystem,

    /// <summary>The cluster's segments have another size.</summary>
    OtherSegmentSize,

    /// <summary>WAL pages of a size that no released package uses.</summary>
    OtherBlockSize,

    /// <summary>A segment under a wrong name, or a recycled one that was never written anew.</summary>
    OtherAddress,

    /// <summary>Timeline zero, or one that is later than the name says.</summary>
    OtherTimeline,
}

/// <summary>The long header on the first page of each segment (XLogLongPageHeaderData).</summary>
public readonly record struct WalSegmentHeader
{
    /// <summary>Bytes that <see cref="TryRead"/> needs.</summary>
    public const int Length = WalPageHeader.LongLength;

    WalSegmentHeader(WalPageHeader page, ulong systemIdentifier, uint segmentBytes, uint blockBytes)
        => (Page, SystemIdentifier, SegmentBytes, BlockBytes) = (page, systemIdentifier, segmentBytes, blockBytes);

    /// <summary>Identity of the cluster.</summary>
    public ulong SystemIdentifier { get; }

    /// <summary>Size of the segment as its writer knew it; need not be a valid one.</summary>
    public uint SegmentBytes { get; }

    /// <summary>Size of a WAL page.</summary>
    public uint BlockBytes { get; }

    /// <summary>
    /// Timeline of the page. After a switch it may be older than the file name's: the new timeline's first segment
    /// begins as a copy of the old one's pages.
    /// </summary>
    public uint Timeline => Page.Timeline;

    /// <summary>Position of the segment's first byte.</summary>
    public Lsn Address => Page.Address;

    /// <summary>Bytes on this segment, and perhaps the next, of a record that an earlier segment began.</summary>
    public uint RemainingBytes => Page.RemainingBytes;

    /// <summary>PostgreSQL's major version; null for one that is not known here.</summary>
    public int? MajorVersion => MajorVersionOf(Page.Magic);

    internal WalPageHeader Page { get; }

    /// <summary>Takes the header apart. False where the bytes are no long header of a known version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out WalSegmentHeader header)
    {
        header = default;

        if (bytes.Length < Length)
            return false;

        header = new WalSegmentHeader(
            WalPageHeader.Read(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]));

        return header.MajorVersion is not null && header.Page.IsLong;
    }

    /// <summary>Compares the header with what the file's name and the cluster demand.</summary>
    /// <param name="segment">The segment that the file's name promises.</param>
    /// <param name="size">The cluster's segment size.</param>
    /// <param name="systemIdentifier">The cluster; null where any will do.</param>
    public WalHeaderVerdict Check(WalSegment segment, WalSegmentSize size, ulong? systemIdentifier)
    {
        if (MajorVersion is null)
            return WalHeaderVerdict.UnknownMagic;

        if (!Page.IsLong || !Page.HasKnownFlags)
            return WalHeaderVerdict.NotFirstPage;

        if (systemIdentifier is { } expected && SystemIdentifier != expected)
            return WalHeaderVerdict.OtherSystem;

        if (SegmentBytes != (uint)size.Bytes)
            return WalHeaderVerdict.OtherSegmentSize;

        if (BlockBytes != WalPageHeader.PageBytes)
            return WalHeaderVerdict.OtherBlockSize;

        if (Address != segment.Start(size))
            return WalHeaderVerdict.OtherAddress;

        return Timeline is 0 || Timeline > segment.Timeline ? WalHeaderVerdict.OtherTimeline : WalHeaderVerdict.Valid;
    }

    /// <summary>XLOG_PAGE_MAGIC of each supported version.</summary>
    static int? MajorVersionOf(ushort magic) => magic switch
    {
        0xD110 => 15,
        0xD113 => 16,
        0xD116 => 17,
        0xD118 => 18,
        _ => null,
    };
}
