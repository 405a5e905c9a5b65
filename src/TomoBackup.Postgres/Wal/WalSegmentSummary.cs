namespace TomoBackup.Postgres.Wal;

/// <summary>A name that recovery can stop at.</summary>
/// <param name="Name">As given to pg_create_restore_point.</param>
/// <param name="Lsn">Where the record starts.</param>
/// <param name="Time">When it was made.</param>
public readonly record struct RestorePoint(string Name, Lsn Lsn, DateTimeOffset Time);

/// <summary>What one segment holds, as far as it can be known without its neighbours.</summary>
public sealed record WalSegmentSummary
{
    /// <summary>Why the reading ended.</summary>
    public required WalReadEnd Reason { get; init; }

    /// <summary>Start of the first record that begins in this segment; null where none does.</summary>
    public required Lsn? FirstRecord { get; init; }

    /// <summary>Start of the last whole record.</summary>
    public required Lsn? LastRecord { get; init; }

    /// <summary>
    /// End of the last whole record, or of the rest of a record that an earlier segment began; zero where neither ends
    /// here.
    /// </summary>
    public required Lsn End { get; init; }

    /// <summary>
    /// Start of the record that goes on in the next segment; the segment's own start where it began even before.
    /// </summary>
    public required Lsn? Continues { get; init; }

    /// <summary>Whole records.</summary>
    public required long Records { get; init; }

    /// <summary>Commits and rollbacks among them, prepared ones included.</summary>
    public required long EndedTransactions { get; init; }

    /// <summary>Earliest commit or rollback. Times need not ascend with positions.</summary>
    public required DateTimeOffset? FirstTime { get; init; }

    /// <summary>Latest commit or rollback.</summary>
    public required DateTimeOffset? LastTime { get; init; }

    /// <summary>Restore points in order.</summary>
    public required IReadOnlyList<RestorePoint> RestorePoints { get; init; }

    /// <summary>True where the segment is one that PostgreSQL has finished and every record in it is right.</summary>
    public bool IsComplete => Reason is WalReadEnd.SegmentFull or WalReadEnd.SegmentSwitch;
}
