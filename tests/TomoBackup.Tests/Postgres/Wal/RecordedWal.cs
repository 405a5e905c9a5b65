using TomoBackup.Postgres.Wal;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Tests.Postgres.Wal;

/// <summary>Keeps what it sees.</summary>
sealed class RecordedWal : IWalRecordVisitor
{
    public List<WalRecord> Records { get; } = [];

    public bool Visit(in WalRecord record)
    {
        Records.Add(record);
        return true;
    }

    /// <summary>Reads all segments of a builder, up to the first that ends the chain.</summary>
    public static (RecordedWal Seen, WalChainReader Reader, WalReadEnd End) Read(WalBuilder wal, int first = 0)
    {
        var (seen, reader, end) = (new RecordedWal(), new WalChainReader(WalBuilder.Size), WalReadEnd.SegmentFull);

        for (var i = first; i < wal.Count && end is WalReadEnd.SegmentFull or WalReadEnd.SegmentSwitch; i++)
            end = reader.Read(wal.Segment(i), wal[i], ref seen);

        return (seen, reader, end);
    }
}
