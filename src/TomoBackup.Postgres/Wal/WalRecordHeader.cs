using System.Buffers.Binary;

namespace TomoBackup.Postgres.Wal;

/// <summary>The fixed part of a record (XLogRecord).</summary>
readonly record struct WalRecordHeader(
    uint TotalBytes, uint Xid, Lsn Previous, byte Code, byte ResourceManager, uint Crc)
{
    public const int Length = 24;

    /// <summary>The checksum covers the body first, then the header up to itself.</summary>
    public const int CoveredLength = 20;

    /// <summary>XLogRecordMaxSize is 1020 MiB since 16; before, memory allocation ended at 1 GiB.</summary>
    public const uint MaxTotalBytes = 1 << 30;

    const byte LastBuiltInManager = 21;
    const byte FirstCustomManager = 128;

    /// <summary>RmgrIdIsValid; the last built-in one is that of logical messages.</summary>
    public bool HasKnownManager => ResourceManager is <= LastBuiltInManager or >= FirstCustomManager;

    public static WalRecordHeader Read(ReadOnlySpan<byte> record) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(record),
        BinaryPrimitives.ReadUInt32LittleEndian(record[4..]),
        new Lsn(BinaryPrimitives.ReadUInt64LittleEndian(record[8..])),
        record[16],
        record[17],
        BinaryPrimitives.ReadUInt32LittleEndian(record[20..]));
}
