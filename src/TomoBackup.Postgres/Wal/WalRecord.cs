namespace TomoBackup.Postgres.Wal;

/// <summary>What a record means to a backup; everything else is <see cref="Other"/>.</summary>
public enum WalRecordKind
{
    /// <summary>No concern of ours.</summary>
    Other,

    /// <summary>A transaction committed.</summary>
    Commit,

    /// <summary>A transaction was rolled back.</summary>
    Abort,

    /// <summary>A prepared transaction committed.</summary>
    CommitPrepared,

    /// <summary>A prepared transaction was rolled back.</summary>
    AbortPrepared,

    /// <summary>pg_create_restore_point.</summary>
    RestorePoint,

    /// <summary>The rest of the segment is empty.</summary>
    SegmentSwitch,
}

/// <summary>One whole record whose checksum and back link were right.</summary>
public readonly record struct WalRecord
{
    /// <summary>Where the record starts: what pg_waldump prints as <c>lsn</c>.</summary>
    public required Lsn Start { get; init; }

    /// <summary>
    /// Behind its last byte, rounded up to 8: PostgreSQL's end of record. Of a segment switch it is the end of the
    /// record itself, as pg_switch_wal answers.
    /// </summary>
    public required Lsn End { get; init; }

    /// <summary>Number of the resource manager.</summary>
    public required byte ResourceManager { get; init; }

    /// <summary>The record's kind within its resource manager, as stored (xl_info).</summary>
    public required byte Code { get; init; }

    /// <summary>
    /// The transaction; of a prepared transaction that ended, that one. Zero where the record belongs to none.
    /// </summary>
    public required uint Xid { get; init; }

    /// <summary>What it means to a backup.</summary>
    public WalRecordKind Kind { get; init; }

    /// <summary>Of ends of transactions and restore points: microseconds since 2000-01-01 UTC.</summary>
    public long Microseconds { get; init; }

    /// <summary>The restore point's name.</summary>
    public string? RestorePoint { get; init; }

    /// <summary>True for the records at which a recovery to a time or transaction may stop.</summary>
    public bool IsEndOfTransaction
        => Kind is WalRecordKind.Commit or WalRecordKind.Abort
            or WalRecordKind.CommitPrepared or WalRecordKind.AbortPrepared;

    /// <summary>The moment that <see cref="Microseconds"/> stands for.</summary>
    public DateTimeOffset Time => PostgresTime.FromMicroseconds(Microseconds);
}

/// <summary>Sees records as they are read. A struct is called without indirection.</summary>
public interface IWalRecordVisitor
{
    /// <summary>Takes the next record; false ends the reading.</summary>
    bool Visit(in WalRecord record);
}
