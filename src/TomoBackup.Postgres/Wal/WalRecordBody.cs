using System.Buffers.Binary;
using System.Text;

namespace TomoBackup.Postgres.Wal;

/// <summary>
/// Finds a record's main data (xlogrecord.h) and reads the few kinds that a backup needs. None of them registers
/// blocks, hence block headers and images are not taken apart here: in front of such main data they are an error.
/// </summary>
static class WalRecordBody
{
    const byte XlogManager = 0;
    const byte TransactionManager = 1;

    const byte XlogCodeMask = 0xF0;
    const byte SwitchCode = 0x40;
    const byte RestorePointCode = 0x70;

    const byte TransactionCodeMask = 0x70;
    const byte HasDetailsFlag = 0x80;

    const int RestorePointNameBytes = 64;

    public static bool IsSwitch(in WalRecordHeader header)
        => header.ResourceManager == XlogManager && (header.Code & XlogCodeMask) == SwitchCode;

    public static bool NeedsWholeRecord(in WalRecordHeader header)
        => KindOf(header) is WalRecordKind.CommitPrepared or WalRecordKind.AbortPrepared;

    /// <summary>
    /// Describes a record whose checksum was right. False where a kind that we look into is not built as it must be.
    /// </summary>
    /// <param name="record">Header and body, as far as it was kept.</param>
    /// <param name="header">The same header, read.</param>
    /// <param name="majorVersion">The server's.</param>
    /// <param name="description">With everything but the positions filled in.</param>
    public static bool TryDescribe(
        ReadOnlySpan<byte> record, in WalRecordHeader header, int majorVersion, ref WalRecord description)
    {
        var kind = KindOf(header);

        if (kind is WalRecordKind.Other or WalRecordKind.SegmentSwitch)
        {
            description = description with { Kind = kind };
            return true;
        }

        if (!TryFindMainData(record, header.TotalBytes, out var main) || main.Length < sizeof(long))
            return false;

        string? name = null;
        var xid = header.Xid;

        if (kind == WalRecordKind.RestorePoint && !TryReadName(main[sizeof(long)..], out name))
            return false;

        if (NeedsWholeRecord(header) && !TryReadPreparedXid(main, header, majorVersion, out xid))
            return false;

        description = description with
        {
            Kind = kind,
            Xid = xid,
            Microseconds = BinaryPrimitives.ReadInt64LittleEndian(main),
            RestorePoint = name,
        };

        return true;
    }

    static WalRecordKind KindOf(in WalRecordHeader header) => header.ResourceManager switch
    {
        XlogManager => (header.Code & XlogCodeMask) switch
        {
            SwitchCode => WalRecordKind.SegmentSwitch,
            RestorePointCode => WalRecordKind.RestorePoint,
            _ => WalRecordKind.Other,
        },
        TransactionManager => (header.Code & TransactionCodeMask) switch
        {
            0x00 => WalRecordKind.Commit,
            0x20 => WalRecordKind.Abort,
            0x30 => WalRecordKind.CommitPrepared,
            0x40 => WalRecordKind.AbortPrepared,
            _ => WalRecordKind.Other,
        },
        _ => WalRecordKind.Other,
    };

    /// <summary>
    /// Before the main data stand at most the replication origin, the top-level transaction, and the main data's own
    /// length; the main data ends the record.
    /// </summary>
    static bool TryFindMainData(ReadOnlySpan<byte> record, uint totalBytes, out ReadOnlySpan<byte> main)
    {
        const byte ShortData = 255, LongData = 254, Origin = 253, TopLevelXid = 252;

        main = default;
        var rest = record[WalRecordHeader.Length..];

        while (true)
        {
            switch (rest)
            {
                case [Origin, _, _, ..]:
                    rest = rest[3..];
                    continue;

                case [TopLevelXid, _, _, _, _, ..]:
                    rest = rest[5..];
                    continue;

                case [ShortData, var bytes, ..]:
                    main = rest[2..];
                    return record.Length - main.Length + bytes == totalBytes;

                case [LongData, _, _, _, _, ..]:
                    main = rest[5..];
                    var longBytes = BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]);
                    return (uint)(record.Length - main.Length) + (ulong)longBytes == totalBytes;

                default:
                    return false;
            }
        }
    }

    static bool TryReadName(ReadOnlySpan<byte> bytes, out string? name)
    {
        name = null;

        if (bytes.Length < RestorePointNameBytes)
            return false;

        var field = bytes[..RestorePointNameBytes];
        var end = field.IndexOf((byte)0);
        name = Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
        return true;
    }

    /// <summary>
    /// ParseCommitRecord and ParseAbortRecord: behind the time stand optional parts, in the order of their flags but
    /// for dropped statistics, which stand before the invalidations; the prepared transaction's number comes last of
    /// those with variable length.
    /// </summary>
    static bool TryReadPreparedXid(
        ReadOnlySpan<byte> main, in WalRecordHeader header, int majorVersion, out uint xid)
    {
        const uint HasDatabase = 1, HasSubtransactions = 2, HasRelations = 4, HasInvalidations = 8, HasTwoPhase = 16;
        const uint HasDroppedStatistics = 256;

        xid = 0;

        if ((header.Code & HasDetailsFlag) == 0 || main.Length < sizeof(long) + sizeof(uint))
            return false;

        var flags = BinaryPrimitives.ReadUInt32LittleEndian(main[sizeof(long)..]);
        var rest = main[(sizeof(long) + sizeof(uint))..];
        var statisticsBytes = majorVersion >= 18 ? 16 : 12;

        if ((flags & HasTwoPhase) == 0
            || ((flags & HasDatabase) != 0 && !TrySkip(ref rest, 8))
            || ((flags & HasSubtransactions) != 0 && !TrySkipArray(ref rest, 4))
            || ((flags & HasRelations) != 0 && !TrySkipArray(ref rest, 12))
            || ((flags & HasDroppedStatistics) != 0 && !TrySkipArray(ref rest, statisticsBytes))
            || ((flags & HasInvalidations) != 0 && !TrySkipArray(ref rest, 16))
            || rest.Length < sizeof(uint))
            return false;

        xid = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        return true;
    }

    static bool TrySkipArray(ref ReadOnlySpan<byte> rest, int itemBytes)
    {
        if (rest.Length < sizeof(int))
            return false;

        var count = BinaryPrimitives.ReadInt32LittleEndian(rest);
        return count >= 0 && TrySkip(ref rest, sizeof(int) + ((long)count * itemBytes));
    }

    static bool TrySkip(ref ReadOnlySpan<byte> rest, long bytes)
    {
        if (rest.Length < bytes)
            return false;

        rest = rest[(int)bytes..];
        return true;
    }
}
