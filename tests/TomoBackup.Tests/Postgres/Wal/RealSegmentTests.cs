using System.Globalization;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Tests.Postgres.Wal;

/// <summary>A segment of each of two servers, against what their own pg_waldump printed.</summary>
public sealed class RealSegmentTests
{
    const string Name = "000000010000000000000009";

    static readonly WalSegmentSize Size = new(1 << 20);

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public void Sees_the_records_that_pg_waldump_sees(int major)
    {
        var seen = new RecordedWal();
        var end = new WalChainReader(Size).Read(Segment, Fixture.Bytes($"{Name}.{major}.gz"), ref seen);
        var expected = Fixture.Text($"waldump.{major}.gz").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(WalReadEnd.SegmentSwitch, end);
        Assert.Equal(expected.Length, seen.Records.Count);
        Assert.All(seen.Records.Zip(expected), pair => AssertSame(pair.Second, pair.First));
    }

    [Theory]
    [InlineData(15, 8192)]
    [InlineData(18, 8192)]
    [InlineData(18, 3 * 8192)]
    [InlineData(18, 1 << 18)]
    public void Sees_the_same_records_piece_by_piece(int major, int pieceBytes)
    {
        var bytes = Fixture.Bytes($"{Name}.{major}.gz");
        var (whole, seen) = (new RecordedWal(), new RecordedWal());
        new WalChainReader(Size).Read(Segment, bytes, ref whole);
        var reader = new WalChainReader(Size);
        reader.Begin(Segment);
        WalReadEnd? end = null;

        foreach (var piece in bytes.Chunk(pieceBytes))
        {
            Assert.Null(end);
            end = reader.Continue(piece, ref seen);
        }

        Assert.Equal(WalReadEnd.SegmentSwitch, end);
        Assert.Equal(whole.Records, seen.Records);
        Assert.Throws<InvalidOperationException>(() => reader.Continue(bytes.AsSpan(0, 8192), ref seen));
    }

    [Theory]
    [InlineData(15, 2503, "0/900030", "0/9457C8", "0/9457E0", "0/91E620", "2026-11-22 19:46:44.055060")]
    [InlineData(18, 4231, "0/9000A8", "0/975240", "0/975258", "0/94E078", "2026-11-22 19:54:45.598124")]
    public void Sums_a_segment_up(
        int major, int records, string first, string last, string end, string restorePoint, string lastTime)
    {
        var bytes = Fixture.Bytes($"{Name}.{major}.gz");
        var systemId = ControlFile.Parse(Fixture.Bytes($"pg_control.{major}.gz")).SystemIdentifier;
        var summary = WalSegmentReader.Summarize(Segment, Size, bytes, systemId);

        Assert.True(summary.IsComplete);
        Assert.Equal(records, summary.Records);
        Assert.Equal(46, summary.EndedTransactions);
        Assert.Equal((Lsn.Parse(first), Lsn.Parse(last)), (summary.FirstRecord!.Value, summary.LastRecord!.Value));
        Assert.Equal(Lsn.Parse(end), summary.End);
        Assert.Null(summary.Continues);
        Assert.Equal(lastTime, Text(summary.LastTime!.Value));
        Assert.True(summary.FirstTime < summary.LastTime);

        var point = Assert.Single(summary.RestorePoints);
        Assert.Equal(("before the deed", Lsn.Parse(restorePoint)), (point.Name, point.Lsn));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public void Reads_the_header_and_holds_it_against_the_name(int major)
    {
        var bytes = Fixture.Bytes($"{Name}.{major}.gz");
        var systemId = ControlFile.Parse(Fixture.Bytes($"pg_control.{major}.gz")).SystemIdentifier;
        Assert.True(WalSegmentHeader.TryRead(bytes, out var header));

        Assert.Equal(major, header.MajorVersion);
        Assert.Equal(WalHeaderVerdict.Valid, header.Check(Segment, Size, systemId));
        Assert.Equal(WalHeaderVerdict.Valid, header.Check(Segment with { Timeline = 2 }, Size, systemId));
        Assert.Equal(WalHeaderVerdict.OtherSystem, header.Check(Segment, Size, systemId + 1));
        Assert.Equal(WalHeaderVerdict.OtherSegmentSize, header.Check(Segment, WalSegmentSize.Default, systemId));
        Assert.Equal(WalHeaderVerdict.OtherAddress, header.Check(Segment.Next, Size, systemId));
        Assert.Equal(WalHeaderVerdict.OtherTimeline, header.Check(Segment with { Timeline = 0 }, Size, systemId));
        Assert.False(WalSegmentHeader.TryRead(bytes.AsSpan(8192), out _));
        Assert.False(WalSegmentHeader.TryRead(bytes.AsSpan(0, 39), out _));
    }

    static WalSegment Segment => new(1, 9);

    static void AssertSame(string line, WalRecord record)
    {
        var parts = line.Split(' ', 5);
        Assert.Equal(Lsn.Parse(parts[0]), record.Start);

        if (parts.Length < 4)
        {
            Assert.Equal(WalRecordKind.Other, record.Kind);
            Assert.Equal(parts[1], record.Xid.ToString(CultureInfo.InvariantCulture));
            return;
        }

        var (kind, description) = (parts[3], parts.Length > 4 ? parts[4] : "");
        var xid = kind is "COMMIT_PREPARED" or "ABORT_PREPARED" ? description.Split(':')[0] : parts[1];

        Assert.Equal(KindOf(kind), record.Kind);
        Assert.Equal(xid, record.Xid.ToString(CultureInfo.InvariantCulture));

        if (record.IsEndOfTransaction)
            Assert.Contains(Text(record.Time), description, StringComparison.Ordinal);

        if (record.Kind == WalRecordKind.RestorePoint)
            Assert.Equal(description, record.RestorePoint);
    }

    static WalRecordKind KindOf(string kind) => kind switch
    {
        "COMMIT" => WalRecordKind.Commit,
        "ABORT" => WalRecordKind.Abort,
        "COMMIT_PREPARED" => WalRecordKind.CommitPrepared,
        "ABORT_PREPARED" => WalRecordKind.AbortPrepared,
        "RESTORE_POINT" => WalRecordKind.RestorePoint,
        "SWITCH" => WalRecordKind.SegmentSwitch,
        _ => WalRecordKind.Other,
    };

    static string Text(DateTimeOffset time)
        => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
