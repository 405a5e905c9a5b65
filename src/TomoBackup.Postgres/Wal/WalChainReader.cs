using System.Buffers.Binary;

namespace TomoBackup.Postgres.Wal;

/// <summary>
/// Reads consecutive segments, whole or piece by piece, and shows every whole record to a visitor once its header, back
/// link and checksum are right. Records that go from one segment into the next are joined. Nothing is allocated for a
/// record.
/// </summary>
/// <param name="size">The cluster's segment size.</param>
/// <param name="systemIdentifier">The cluster; null where the caller has checked it or any will do.</param>
/// <remarks>
/// The rules are xlogreader.c's, and one more: where the first segment begins, the first record must point back to
/// before that segment. Bytes of a record that began before it cannot be checked.
/// </remarks>
public sealed partial class WalChainReader(WalSegmentSize size, ulong? systemIdentifier = null)
{
    readonly OpenWalRecord _open = new();
    WalSegment? _last;
    WalSegment? _current;
    int _offset;
    ushort _magic;
    int _majorVersion;
    bool _isSwitched;
    Lsn _begin;
    uint _pageTimeline;
    Lsn _previous;
    bool _isEnded;

    /// <summary>Start of the last whole record; null as long as there was none.</summary>
    public Lsn? LastRecord => _previous == Lsn.Zero ? null : _previous;

    /// <summary>
    /// End of the last whole record, or of the rest of a record that began before the first segment; zero before.
    /// </summary>
    public Lsn End { get; private set; }

    /// <summary>
    /// Start of the record that goes on in the next segment; the first segment's start where it began even before
    /// that. Null where the last segment did not end within a record.
    /// </summary>
    public Lsn? Continues { get; private set; }

    /// <summary>Reads the next segment, which must follow the one before on the same or a later timeline.</summary>
    /// <exception cref="ArgumentException">The segment does not follow, or the bytes are not all of it.</exception>
    /// <exception cref="InvalidOperationException">The reading has already ended for good.</exception>
    public WalReadEnd Read<TVisitor>(WalSegment segment, ReadOnlySpan<byte> bytes, ref TVisitor visitor)
        where TVisitor : IWalRecordVisitor
    {
        if (bytes.Length != size.Bytes)
            throw new ArgumentException($"'{segment.Name(size)}' has {bytes.Length} bytes", nameof(bytes));

        Begin(segment);
        return Continue(bytes, ref visitor)!.Value;
    }

    /// <summary>Begins the next segment, which must follow the one before on the same or a later timeline.</summary>
    /// <exception cref="ArgumentException">The segment does not follow.</exception>
    /// <exception cref="InvalidOperationException">The reading has already ended for good.</exception>
    public void Begin(WalSegment segment)
    {
        if (_isEnded)
            throw new InvalidOperationException("this chain of WAL has ended");

        if (_last is { } last && (segment.Number != last.Number + 1 || segment.Timeline < last.Timeline))
            throw new ArgumentException(
                $"'{segment.Name(size)}' does not follow '{last.Name(size)}'", nameof(segment));

        if (_last is null)
            _begin = segment.Start(size);

        (_current, _offset, _isSwitched) = (segment, 0, false);
    }

    /// <summary>Reads the next bytes of the segment that was begun.</summary>
    /// <param name="pages">Whole pages of it.</param>
    /// <returns>How the reading ended; null as long as the segment goes on.</returns>
    /// <exception cref="ArgumentException">These are no whole pages, or more than the segment has.</exception>
    /// <exception cref="InvalidOperationException">No segment was begun.</exception>
    public WalReadEnd? Continue<TVisitor>(ReadOnlySpan<byte> pages, ref TVisitor visitor)
        where TVisitor : IWalRecordVisitor
    {
        if (_current is not { } segment)
            throw new InvalidOperationException("no segment was begun");

        if (pages.Length % WalPageHeader.PageBytes != 0 || pages.Length > size.Bytes - _offset)
            throw new ArgumentException($"{pages.Length} bytes are not the next pages of a segment", nameof(pages));

        var bad = _isSwitched ? CheckBehindSwitch(pages) : new Walk<TVisitor>(this, segment, pages, ref visitor).Run();
        _offset += pages.Length;

        return bad is null && _offset < size.Bytes
            ? null
            : Finish(segment, bad ?? (_isSwitched ? WalReadEnd.SegmentSwitch : WalReadEnd.SegmentFull));
    }

    static WalReadEnd? CheckBehindSwitch(ReadOnlySpan<byte> bytes)
        => bytes.ContainsAnyExcept((byte)0) ? WalReadEnd.NotZeroAfterSwitch : null;

    WalReadEnd Finish(WalSegment segment, WalReadEnd end)
    {
        (_last, _current) = (segment, null);
        _isEnded = end is not (WalReadEnd.SegmentFull or WalReadEnd.SegmentSwitch);
        Continues = end == WalReadEnd.SegmentFull && _open.IsOpen ? _open.Start ?? segment.Start(size) : null;
        return end;
    }

    /// <summary>The way through the next pages of a segment.</summary>
    ref partial struct Walk<TVisitor>
        where TVisitor : IWalRecordVisitor
    {
        readonly WalChainReader _chain;
        readonly WalSegment _segment;
        readonly Lsn _start;
        readonly ReadOnlySpan<byte> _bytes;
        readonly ref TVisitor _visitor;

        public Walk(WalChainReader chain, WalSegment segment, ReadOnlySpan<byte> bytes, ref TVisitor visitor)
        {
            _chain = chain;
            _segment = segment;
            _start = segment.Start(chain.Size) + (ulong)chain._offset;
            _bytes = bytes;
            _visitor = ref visitor;
        }

        /// <summary>What is wrong with them, or null.</summary>
        public WalReadEnd? Run()
        {
            for (var page = 0; page < _bytes.Length; page += WalPageHeader.PageBytes)
            {
                if (ReadPage(page) is { } end)
                    return end;

                if (_chain._isSwitched)
                    return null;
            }

            return null;
        }

        WalReadEnd? ReadPage(int page)
        {
            if (EnterPage(page) is { } bad)
                return bad;

            var at = page + (IsFirst(page) ? WalPageHeader.LongLength : WalPageHeader.ShortLength);
            var pageEnd = page + WalPageHeader.PageBytes;

            if (_chain._open.IsOpen && ContinueRecord(ref at, pageEnd) is { } end)
                return end;

            while (at < pageEnd && !_chain._isSwitched)
            {
                var totalBytes = BinaryPrimitives.ReadUInt32LittleEndian(_bytes[at..]);

                if (totalBytes is < WalRecordHeader.Length or > WalRecordHeader.MaxTotalBytes)
                    return totalBytes == 0 ? WalReadEnd.Unwritten : WalReadEnd.BadRecordLength;

                if (totalBytes > (uint)(pageEnd - at))
                    return OpenRecord(at, pageEnd, totalBytes);

                if (ReadRecord(ref at, (int)totalBytes) is { } recordEnd)
                    return recordEnd;
            }

            return null;
        }

        WalReadEnd? ReadRecord(ref int at, int totalBytes)
        {
            var record = _bytes.Slice(at, totalBytes);
            var header = WalRecordHeader.Read(record);
            var start = _start + (ulong)at;

            if (CheckHeader(header) is { } bad)
                return bad;

            var crc = Crc32C.Append(Crc32C.Seed, record[WalRecordHeader.Length..]);

            if (Crc32C.Finish(Crc32C.Append(crc, record[..WalRecordHeader.CoveredLength])) != header.Crc)
                return WalReadEnd.BadChecksum;

            at = Align(at + totalBytes);
            return Accept(record, header, start, at);
        }

        WalReadEnd? OpenRecord(int at, int pageEnd, uint totalBytes)
        {
            var open = _chain._open;
            open.Begin(_start + (ulong)at, totalBytes);
            open.Append(_bytes[at..pageEnd]);
            return open.HasHeader ? CheckHeader(WalRecordHeader.Read(open.Kept)) : null;
        }

        WalReadEnd? ContinueRecord(ref int at, int pageEnd)
        {
            var open = _chain._open;
            var piece = (int)Math.Min(open.MissingBytes, (uint)(pageEnd - at));

            open.Append(_bytes.Slice(at, piece));
            at = Align(at + piece);

            if (open.IsOpen)
                return null;

            _chain.End = _start + (ulong)at;

            if (open.Start is not { } start)
                return null;

            var header = WalRecordHeader.Read(open.Kept);

            if (CheckHeader(header) is { } bad)
                return bad;

            return open.HasRightChecksum ? Accept(open.Kept, header, start, at) : WalReadEnd.BadChecksum;
        }

        /// <summary>
        /// Of the very first record's back link no more is known than that it leaves the first segment.
        /// </summary>
        readonly WalReadEnd? CheckHeader(in WalRecordHeader header)
        {
            if (!header.HasKnownManager)
                return WalReadEnd.BadResourceManager;

            var isLinked = _chain._previous != Lsn.Zero
                ? header.Previous == _chain._previous
                : header.Previous < _chain._begin;

            return isLinked ? null : WalReadEnd.BadBackLink;
        }

        WalReadEnd? Accept(ReadOnlySpan<byte> record, in WalRecordHeader header, Lsn start, int at)
        {
            var description = new WalRecord
            {
                Start = start,
                End = _start + (ulong)at,
                ResourceManager = header.ResourceManager,
                Code = header.Code,
                Xid = header.Xid,
            };

            if (!WalRecordBody.TryDescribe(record, header, _chain._majorVersion, ref description))
                return WalReadEnd.BadRecordBody;

            _chain._previous = start;
            _chain.End = description.End;

            if (!_visitor.Visit(description))
                return WalReadEnd.Stopped;

            if (description.Kind != WalRecordKind.SegmentSwitch)
                return null;

            _chain._isSwitched = true;
            return CheckBehindSwitch(_bytes[at..]);
        }

        readonly bool IsFirst(int page) => page == 0 && _chain._offset == 0;

        static int Align(int at) => (at + 7) & ~7;
    }

    WalSegmentSize Size => size;
}
