using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Restores;

/// <summary>
/// Follows records as recovery would and stops where it would stop. PostgreSQL's rules: a time stops before the first
/// commit or rollback behind it; a position stops after (exclusive: before) the first record that begins at it or
/// later.
/// </summary>
/// <param name="target">Where to stop; null or the end of the archive for never.</param>
/// <param name="consistent">End of the backup: nothing before it can be a place to stop.</param>
sealed class ReplayScan(RestoreTarget target, Lsn consistent) : IWalRecordVisitor
{
    /// <summary>The last record that is replayed, among those that were shown.</summary>
    public WalRecord? LastApplied { get; private set; }

    /// <summary>The last commit or rollback that is replayed, among those that were shown.</summary>
    public WalRecord? LastTransaction { get; private set; }

    /// <summary>The record at which recovery stops: applied when <see cref="StopIsApplied"/>.</summary>
    public WalRecord? Stop { get; private set; }

    /// <summary>True where recovery stops behind <see cref="Stop"/>, not before it.</summary>
    public bool StopIsApplied { get; private set; }

    /// <summary>True where the target lies before the end of the backup: this backup is too new for it.</summary>
    public bool IsBeforeConsistency { get; private set; }

    /// <inheritdoc/>
    public bool Visit(in WalRecord record)
    {
        if (Stop is not null || IsBeforeConsistency)
            return false;

        var (stops, applied) = Judge(record);

        if (stops && record.Start < consistent)
        {
            IsBeforeConsistency = true;
            return false;
        }

        if (!stops || applied)
            Apply(record);

        if (!stops)
            return true;

        Stop = record;
        StopIsApplied = applied;
        return false;
    }

    void Apply(in WalRecord record)
    {
        LastApplied = record;

        if (record.IsEndOfTransaction)
            LastTransaction = record;
    }

    (bool Stops, bool Applied) Judge(in WalRecord record)
        => target switch
        {
            RestoreTarget.Time { Exclusive: var exclusive, At: var at } when record.IsEndOfTransaction
                => (exclusive ? record.Time >= at : record.Time > at, false),
            RestoreTarget.Position position when record.Start >= position.At => (true, !position.Exclusive),
            _ => (false, false),
        };
}
