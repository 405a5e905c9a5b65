using System.Buffers.Binary;
using System.Text;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Testing.Postgres;

/// <summary>Writes WAL as a server of version 18 would, into segments of 1 MiB.</summary>
public sealed class WalBuilder(uint timeline = 1, ulong firstSegment = 3)
{
    public const ulong SystemId = 0x6B00_0000_0000_0001;

    const int PageBytes = 8192;

    readonly List<byte[]> _segments = [];
    readonly List<bool[]> _isCovered = [];
    ulong _at = firstSegment << 20;
    ulong _previous;

    public static WalSegmentSize Size { get; } = new(1 << 20);

    public uint Timeline { get; set; } = timeline;

    public Lsn Position => new(_at);

    public int Count => _segments.Count;

    public byte[] this[int index] => _segments[index];

    /// <summary>True for each byte that is part of a record, so that some checksum or link covers it.</summary>
    public bool[] Covered(int index) => _isCovered[index];

    public WalSegment Segment(int index) => new(Timeline, firstSegment + (ulong)index);

    public Lsn Filler(int bytes, uint xid = 1) => Record(10, 0, xid, MainData(new byte[bytes]));

    public Lsn Commit(long microseconds, uint xid = 7) => Record(1, 0, xid, MainData(Int64(microseconds)));

    public Lsn Abort(long microseconds, uint xid = 8) => Record(1, 0x20, xid, MainData(Int64(microseconds)));

    public Lsn CommitPrepared(long microseconds, uint preparedXid, int subtransactions)
    {
        var details = new byte[4 + 8 + 4 + (4 * subtransactions) + 4 + 16 + 4];
        BinaryPrimitives.WriteUInt32LittleEndian(details, 1 | 2 | 16 | 256);
        BinaryPrimitives.WriteInt32LittleEndian(details.AsSpan(12), subtransactions);
        BinaryPrimitives.WriteInt32LittleEndian(details.AsSpan(16 + (4 * subtransactions)), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(details.AsSpan(details.Length - 4), preparedXid);
        return Record(1, 0xB0, 0, MainData([.. Int64(microseconds), .. details]));
    }

    public Lsn RestorePoint(string name, long microseconds)
    {
        var field = new byte[64];
        Encoding.UTF8.GetBytes(name, field);
        return Record(0, 0x70, 0, MainData([.. Int64(microseconds), .. field]));
    }

    /// <summary>Leaves the rest of the segment empty.</summary>
    public Lsn Switch()
    {
        var start = Record(0, 0x40, 0, []);
        _at = (_at + (1 << 20) - 1) & ~((1UL << 20) - 1);
        return start;
    }

    public Lsn Record(byte manager, byte code, uint xid, byte[] body)
    {
        var record = new byte[24 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), xid);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), _previous);
        (record[16], record[17]) = (code, manager);
        body.CopyTo(record, 24);
        BinaryPrimitives.WriteUInt32LittleEndian(
            record.AsSpan(20), Crc32C.Compute([.. record.AsSpan(24), .. record.AsSpan(0, 20)]));

        BeginPageIfDue(continuedBytes: 0);
        _previous = _at;
        Copy(record);
        _at = (_at + 7) & ~7UL;
        return new Lsn(_previous);
    }

    /// <summary>
    /// Breaks the last record off at the end of the current page, as a crash does, and goes on behind it.
    /// </summary>
    public void BreakOff(int bytes)
    {
        var (at, previous) = (_at, _previous);
        Filler(bytes);
        var pageEnd = (at / PageBytes * PageBytes) + PageBytes;

        for (var i = pageEnd; i < _at; i++)
            _segments[(int)((i >> 20) - firstSegment)][i & 0xFFFFF] = 0;

        (_at, _previous) = (pageEnd, previous);
        BeginPageIfDue(continuedBytes: 0, flags: 8);
    }

    public static byte[] MainData(byte[] data)
        => data.Length < 256
            ? [255, (byte)data.Length, .. data]
            : [254, .. BitConverter.GetBytes(data.Length), .. data];

    static byte[] Int64(long value) => BitConverter.GetBytes(value);

    void Copy(ReadOnlySpan<byte> record)
    {
        while (true)
        {
            var piece = record[..Math.Min(record.Length, PageBytes - (int)(_at % PageBytes))];
            var offset = (int)(_at & 0xFFFFF);
            piece.CopyTo(_segments[^1].AsSpan(offset));
            _isCovered[^1].AsSpan(offset, piece.Length).Fill(true);
            _at += (ulong)piece.Length;
            record = record[piece.Length..];

            if (record.IsEmpty)
                return;

            BeginPageIfDue(record.Length);
        }
    }

    void BeginPageIfDue(int continuedBytes, int flags = 0)
    {
        if (_at % PageBytes != 0)
            return;

        var isFirst = (_at & 0xFFFFF) == 0;

        if ((int)((_at >> 20) - firstSegment) == _segments.Count)
        {
            _segments.Add(new byte[1 << 20]);
            _isCovered.Add(new bool[1 << 20]);
        }

        var page = _segments[^1].AsSpan((int)(_at & 0xFFFFF));
        BinaryPrimitives.WriteUInt16LittleEndian(page, 0xD118);
        BinaryPrimitives.WriteUInt16LittleEndian(
            page[2..], (ushort)(flags | (continuedBytes > 0 ? 1 : 0) | (isFirst ? 2 : 0)));
        BinaryPrimitives.WriteUInt32LittleEndian(page[4..], Timeline);
        BinaryPrimitives.WriteUInt64LittleEndian(page[8..], _at);
        BinaryPrimitives.WriteInt32LittleEndian(page[16..], continuedBytes);

        if (isFirst)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(page[24..], SystemId);
            BinaryPrimitives.WriteInt32LittleEndian(page[32..], 1 << 20);
            BinaryPrimitives.WriteInt32LittleEndian(page[36..], PageBytes);
        }

        _at += isFirst ? 40UL : 24UL;
    }
}
