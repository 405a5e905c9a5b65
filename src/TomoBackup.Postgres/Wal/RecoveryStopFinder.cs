namespace TomoBackup.Postgres.Wal;

/// <summary>
/// Finds the record at which a recovery to a time stops, by PostgreSQL's rule: before the first commit or rollback
/// that is later than the target, or as late where the target is exclusive. Positions rule, not times: a later record
/// with an earlier time is not reached. Show it all records from the backup's start on the wanted timeline.
/// </summary>
/// <param name="target">recovery_target_time.</param>
/// <param name="isInclusive">recovery_target_inclusive.</param>
/// <param name="from">Where replay starts; records before it are passed over.</param>
public sealed class RecoveryStopFinder(DateTimeOffset target, bool isInclusive, Lsn from) : IWalRecordVisitor
{
    /// <summary>
    /// Start of the last record that is replayed, so a <c>recovery_target_lsn</c> that leads to the same state; null
    /// where recovery stops at once. Without a <see cref="Stop"/> it is the last record there is.
    /// </summary>
    public Lsn? LastRecord { get; private set; }

    /// <summary>The last end of a transaction that is replayed.</summary>
    public WalRecord? LastTransaction { get; private set; }

    /// <summary>
    /// The record before which recovery stops. Null where no later one was seen: with this target the server would
    /// then give up with an error, and needs <see cref="LastRecord"/> as its target instead.
    /// </summary>
    public WalRecord? Stop { get; private set; }

    /// <inheritdoc/>
    public bool Visit(in WalRecord record)
    {
        if (Stop is not null)
            return false;

        if (record.Start < from)
            return true;

        if (record.IsEndOfTransaction && IsBeyond(record.Time))
        {
            Stop = record;
            return false;
        }

        if (record.IsEndOfTransaction)
            LastTransaction = record;

        LastRecord = record.Start;
        return true;
    }

    bool IsBeyond(DateTimeOffset time) => isInclusive ? time > target : time >= target;
}
