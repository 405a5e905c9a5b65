using System.Buffers.Binary;

namespace TomoBackup.Postgres.Wal;

/// <summary>The header of a WAL page (XLogPageHeaderData); the first page of a segment has a longer one.</summary>
readonly record struct WalPageHeader(ushort Magic, ushort Flags, uint Timeline, Lsn Address, uint RemainingBytes)
{
    /// <summary>XLOG_BLCKSZ. Other sizes need a server built for them; they are refused.</summary>
    public const int PageBytes = 8192;

    public const int ShortLength = 24;
    public const int LongLength = 40;

    const ushort Continuation = 1;
    const ushort Long = 2;
    const ushort OverwriteContinuation = 8;
    const ushort AllFlags = 15;

    /// <summary>The page begins with the rest of a record that an earlier page began.</summary>
    public bool IsContinuation => (Flags & Continuation) != 0;

    public bool IsLong => (Flags & Long) != 0;

    /// <summary>
    /// The record that ended the page before was lost in a crash and is given up: this page begins afresh.
    /// </summary>
    public bool GivesUpOpenRecord => (Flags & OverwriteContinuation) != 0;

    public bool HasKnownFlags => (Flags & ~AllFlags) == 0;

    public static WalPageHeader Read(ReadOnlySpan<byte> page) => new(
        BinaryPrimitives.ReadUInt16LittleEndian(page),
        BinaryPrimitives.ReadUInt16LittleEndian(page[2..]),
        BinaryPrimitives.ReadUInt32LittleEndian(page[4..]),
        new Lsn(BinaryPrimitives.ReadUInt64LittleEndian(page[8..])),
        BinaryPrimitives.ReadUInt32LittleEndian(page[16..]));
}
