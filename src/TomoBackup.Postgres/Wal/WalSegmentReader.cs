namespace TomoBackup.Postgres.Wal;

/// <summary>
/// Checks one segment by itself and says what is in it, before it is archived or after it was fetched. Takes it whole
/// or piece by piece, as the file is read.
/// </summary>
public sealed class WalSegmentReader
{
    readonly WalSegment _segment;
    readonly WalSegmentSize _size;
    readonly WalChainReader _chain;
    Tally _tally;
    WalReadEnd? _end;

    /// <summary>Begins with a segment.</summary>
    /// <param name="segment">The segment that the file's name promises.</param>
    /// <param name="size">The cluster's segment size.</param>
    /// <param name="systemIdentifier">The cluster; null where any will do.</param>
    public WalSegmentReader(WalSegment segment, WalSegmentSize size, ulong? systemIdentifier = null)
    {
        (_segment, _size, _chain) = (segment, size, new WalChainReader(size, systemIdentifier));
        _chain.Begin(segment);
    }

    /// <summary>Reads all records of a segment. Damage is an answer (<see cref="WalSegmentSummary.Reason"/>), not an
    /// exception.</summary>
    /// <param name="segment">The segment that the file's name promises.</param>
    /// <param name="size">The cluster's segment size.</param>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="systemIdentifier">The cluster; null where any will do.</param>
    /// <exception cref="ArgumentException">The bytes are not as many as the segment size.</exception>
    public static WalSegmentSummary Summarize(
        WalSegment segment, WalSegmentSize size, ReadOnlySpan<byte> bytes, ulong? systemIdentifier = null)
    {
        if (bytes.Length != size.Bytes)
            throw new ArgumentException($"'{segment.Name(size)}' has {bytes.Length} bytes", nameof(bytes));

        var reader = new WalSegmentReader(segment, size, systemIdentifier);
        reader.Append(bytes);
        return reader.Summary();
    }

    /// <summary>Reads the next pages; behind the end of the records they are passed over.</summary>
    /// <exception cref="ArgumentException">These are no whole pages, or more than the segment has.</exception>
    public void Append(ReadOnlySpan<byte> pages) => _end ??= _chain.Continue(pages, ref _tally);

    /// <summary>What was in the segment, all of whose pages were given.</summary>
    /// <exception cref="InvalidOperationException">Pages are missing.</exception>
    public WalSegmentSummary Summary()
        => new()
        {
            Reason = _end ?? throw new InvalidOperationException("the segment was not read to its end"),
            FirstRecord = _tally.FirstRecord
                ?? (_chain.Continues > _segment.Start(_size) ? _chain.Continues : null),
            LastRecord = _chain.LastRecord,
            End = _chain.End,
            Continues = _chain.Continues,
            Records = _tally.Records,
            EndedTransactions = _tally.EndedTransactions,
            FirstTime = _tally.EndedTransactions > 0 ? PostgresTime.FromMicroseconds(_tally.FirstTime) : null,
            LastTime = _tally.EndedTransactions > 0 ? PostgresTime.FromMicroseconds(_tally.LastTime) : null,
            RestorePoints = _tally.RestorePoints ?? [],
        };

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
