namespace TomoBackup.Postgres.Wal;

/// <summary>
/// Checks one segment by itself and says what is in it, before it is archived or after it was fetched.
/// </summary>
public static class WalSegmentReader
{
    /// <summary>
    /// Reads all records of a segment. Damage is an answer (<see cref="WalSegmentSummary.Reason"/>), not an exception.
    /// </summary>
    /// <param name="segment">The segment that the file's name promises.</param>
    /// <param name="size">The cluster's segment size.</param>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="systemIdentifier">The cluster; null where any will do.</param>
    /// <exception cref="ArgumentException">The bytes are not as many as the segment size.</exception>
    public static WalSegmentSummary Summarize(
        WalSegment segment, WalSegmentSize size, ReadOnlySpan<byte> bytes, ulong? systemIdentifier = null)
    {
        var reader = new WalChainReader(size, systemIdentifier);
        var tally = default(Tally);
        var reason = reader.Read(segment, bytes, ref tally);

        return new WalSegmentSummary
        {
            Reason = reason,
            FirstRecord = tally.FirstRecord ?? (reader.Continues > segment.Start(size) ? reader.Continues : null),
            LastRecord = reader.LastRecord,
            End = reader.End,
            Continues = reader.Continues,
            Records = tally.Records,
            EndedTransactions = tally.EndedTransactions,
            FirstTime = tally.EndedTransactions > 0 ? PostgresTime.FromMicroseconds(tally.FirstTime) : null,
            LastTime = tally.EndedTransactions > 0 ? PostgresTime.FromMicroseconds(tally.LastTime) : null,
            RestorePoints = tally.RestorePoints ?? [],
        };
    }

    struct Tally : IWalRecordVisitor
    {
        public Lsn? FirstRecord { get; private set; }

        public long Records { get; private set; }

        public long EndedTransactions { get; private set; }

        public long FirstTime { get; private set; }

        public long LastTime { get; private set; }

        public List<RestorePoint>? RestorePoints { get; private set; }

        public bool Visit(in WalRecord record)
        {
            FirstRecord ??= record.Start;
            Records++;

            if (record.Kind == WalRecordKind.RestorePoint)
                (RestorePoints ??= []).Add(new RestorePoint(record.RestorePoint!, record.Start, record.Time));

            if (!record.IsEndOfTransaction)
                return true;

            FirstTime = EndedTransactions == 0 ? record.Microseconds : Math.Min(FirstTime, record.Microseconds);
            LastTime = EndedTransactions == 0 ? record.Microseconds : Math.Max(LastTime, record.Microseconds);
            EndedTransactions++;
            return true;
        }
    }
}
