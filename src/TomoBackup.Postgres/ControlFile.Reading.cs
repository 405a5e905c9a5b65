using System.Buffers.Binary;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Postgres;

public sealed partial record ControlFile
{
    const int CheckpointOffset = 32;

    /// <summary>Reads the file; null with the reason where it cannot be believed.</summary>
    public static ControlFileVerdict TryParse(ReadOnlySpan<byte> bytes, out ControlFile? file)
    {
        file = null;

        if (bytes.Length != FileBytes)
            return ControlFileVerdict.WrongLength;

        var control = UInt32(bytes, 8);

        if (!IsControlVersion(control))
            return IsControlVersion(BinaryPrimitives.ReverseEndianness(control))
                ? ControlFileVerdict.OtherByteOrder
                : ControlFileVerdict.UnknownVersion;

        var catalog = UInt32(bytes, 12);
        var checksumAt = control == 1800 ? 292 : 288;

        if (Crc32C.Compute(bytes[..checksumAt]) != UInt32(bytes, checksumAt))
            return ControlFileVerdict.BadChecksum;

        if (MajorVersionOf(control, catalog) is not { } major || !WalSegmentSize.IsValid(UInt32(bytes, 228)))
            return ControlFileVerdict.UnknownVersion;

        file = Read(bytes, major, catalog);
        return ControlFileVerdict.Valid;
    }

    /// <summary>Reads a file that must be right.</summary>
    /// <exception cref="PostgresFormatException">It is not.</exception>
    public static ControlFile Parse(ReadOnlySpan<byte> bytes)
        => TryParse(bytes, out var file) switch
        {
            ControlFileVerdict.Valid => file!,
            ControlFileVerdict.WrongLength => throw new PostgresFormatException(
                $"control file has {bytes.Length} bytes instead of {FileBytes}"),
            ControlFileVerdict.BadChecksum => throw new PostgresFormatException("control file has a wrong checksum"),
            ControlFileVerdict.OtherByteOrder => throw new PostgresFormatException(
                "control file was written on a machine of the other byte order"),
            _ => throw new PostgresFormatException(
                $"control file of version {UInt32(bytes, 8)}, catalog {UInt32(bytes, 12)}, "
                + "is not of PostgreSQL 15 to 18"),
        };

    static bool IsControlVersion(uint version) => version is 1300 or 1700 or 1800;

    static int? MajorVersionOf(uint control, uint catalog) => (control, catalog) switch
    {
        (1300, 202209061) => 15,
        (1300, 202307071) => 16,
        (1700, 202406281) => 17,
        (1800, 202506291) => 18,
        _ => null,
    };

    /// <summary>
    /// 18 added the signedness of char before the nonce, which moved the checksum by one aligned word.
    /// </summary>
    static int ChecksumOffset(int majorVersion) => majorVersion >= 18 ? 292 : 288;

    static ControlFile Read(ReadOnlySpan<byte> bytes, int majorVersion, uint catalogVersion) => new()
    {
        SystemIdentifier = UInt64(bytes, 0),
        MajorVersion = majorVersion,
        CatalogVersion = catalogVersion,
        State = (ClusterState)Int32(bytes, 16),
        LastUpdate = Time(bytes, 24),
        Checkpoint = Position(bytes, CheckpointOffset),
        Redo = Position(bytes, 40),
        Timeline = UInt32(bytes, 48),
        PreviousTimeline = UInt32(bytes, 52),
        FullPageWrites = bytes[56] != 0,
        NextXid = UInt64(bytes, 64),
        NextOid = UInt32(bytes, 72),
        NextMultiXact = UInt32(bytes, 76),
        NextMultiXactOffset = UInt32(bytes, 80),
        OldestXid = UInt32(bytes, 84),
        OldestXidDatabase = UInt32(bytes, 88),
        CheckpointTime = Time(bytes, 104),
        UnloggedLsn = Position(bytes, 128),
        MinRecoveryPoint = Position(bytes, 136),
        MinRecoveryPointTimeline = UInt32(bytes, 144),
        BackupStart = Position(bytes, 152),
        BackupEnd = Position(bytes, 160),
        BackupEndRequired = bytes[168] != 0,
        WalLevel = (WalLevel)Int32(bytes, 172),
        WalLogHints = bytes[176] != 0,
        MaxConnections = Int32(bytes, 180),
        MaxWorkerProcesses = Int32(bytes, 184),
        MaxWalSenders = Int32(bytes, 188),
        MaxPreparedTransactions = Int32(bytes, 192),
        MaxLocksPerTransaction = Int32(bytes, 196),
        TrackCommitTimestamp = bytes[200] != 0,
        BlockBytes = Int32(bytes, 216),
        BlocksPerSegment = UInt32(bytes, 220),
        WalBlockBytes = Int32(bytes, 224),
        WalSegmentSize = new WalSegmentSize(Int32(bytes, 228)),
        DataChecksums = UInt32(bytes, 252) != 0,
    };

    static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    static int Int32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    static ulong UInt64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    static Lsn Position(ReadOnlySpan<byte> bytes, int at) => new(UInt64(bytes, at));

    static DateTimeOffset Time(ReadOnlySpan<byte> bytes, int at)
        => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]),
            DateTimeOffset.MinValue.ToUnixTimeSeconds(),
            DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
