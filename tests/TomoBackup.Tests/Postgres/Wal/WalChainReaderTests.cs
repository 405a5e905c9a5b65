using CsCheck;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Tests.Postgres.Wal;

public sealed class WalChainReaderTests
{
    [Fact]
    public void Any_run_of_records_over_pages_and_segments_comes_back()
        => Gen.Select(Gen.Int[0, 5], Gen.Int[0, 20000], Gen.Int[0, 1000]).Array[1, 60].Sample(
            steps =>
            {
                var wal = new WalBuilder();
                var expected = steps.Select(step => Append(wal, step.Item1, step.Item2, step.Item3)).ToList();
                var (seen, reader, _) = RecordedWal.Read(wal);

                return seen.Records.Select(r => (r.Start, r.Kind, r.Xid, r.Microseconds)).SequenceEqual(expected)
                    && reader.LastRecord == expected[^1].Start;
            },
            seed: "0N0XIzNsQ0O2",
            iter: 100);

    [Fact]
    public void A_record_over_whole_segments_is_joined_and_each_segment_knows_what_it_can()
    {
        var wal = new WalBuilder();
        var first = wal.Filler(100);
        var giant = wal.Filler(2_500_000);
        var last = wal.Commit(5);
        var (seen, _, _) = RecordedWal.Read(wal);
        Assert.Equal([first, giant, last], seen.Records.Select(r => r.Start));

        var begin = Summarize(wal, 0);
        Assert.Equal(first, begin.FirstRecord);
        Assert.Equal(first, begin.LastRecord);
        Assert.Equal(giant, begin.Continues);

        var middle = Summarize(wal, 1);
        Assert.True(middle.IsComplete);
        Assert.Null(middle.FirstRecord);
        Assert.Equal(wal.Segment(1).Start(WalBuilder.Size), middle.Continues);

        var end = Summarize(wal, 2);
        Assert.Equal(last, end.FirstRecord);
        Assert.Equal(WalReadEnd.Unwritten, end.Reason);
        Assert.Equal(wal.Position, end.End);
    }

    [Fact]
    public void A_record_that_only_begins_in_the_segment_is_its_first()
    {
        var wal = new WalBuilder();
        var giant = wal.Filler(2_000_000);
        var summary = Summarize(wal, 0);

        Assert.Equal((giant, giant), (summary.FirstRecord!.Value, summary.Continues!.Value));
        Assert.Null(summary.LastRecord);
    }

    [Fact]
    public void A_record_that_was_lost_in_a_crash_is_given_up()
    {
        var wal = new WalBuilder();
        var before = wal.Filler(100);
        wal.BreakOff(20_000);
        var after = wal.Commit(9);
        wal.Switch();
        var (seen, _, end) = RecordedWal.Read(wal);

        Assert.Equal(WalReadEnd.SegmentSwitch, end);
        Assert.Equal([before, after], seen.Records.Take(2).Select(r => r.Start));
    }

    [Fact]
    public void The_first_segment_of_a_timeline_begins_with_pages_of_the_old_one()
    {
        var wal = new WalBuilder(timeline: 1);
        wal.Filler(10_000);
        wal.Timeline = 2;
        wal.Filler(10_000);
        wal.Switch();

        Assert.True(WalSegmentReader.Summarize(new WalSegment(2, 3), WalBuilder.Size, wal[0]).IsComplete);
        Assert.Equal(
            WalReadEnd.BadPageHeader, WalSegmentReader.Summarize(new WalSegment(1, 3), WalBuilder.Size, wal[0]).Reason);
    }

    [Fact]
    public void The_transaction_of_a_prepared_commit_is_found_far_behind_its_start()
    {
        var wal = new WalBuilder();
        wal.Filler(7000);
        wal.CommitPrepared(77, preparedXid: 4711, subtransactions: 3000);
        var (seen, _, _) = RecordedWal.Read(wal);

        Assert.Equal((WalRecordKind.CommitPrepared, 4711u, 77L),
            (seen.Records[1].Kind, seen.Records[1].Xid, seen.Records[1].Microseconds));
    }

    [Fact]
    public void The_origin_of_a_replicated_commit_stands_before_its_data()
    {
        var wal = new WalBuilder();
        wal.Record(1, 0, 5, [253, 1, 0, 252, 9, 0, 0, 0, 255, 8, 42, 0, 0, 0, 0, 0, 0, 0]);

        Assert.Equal(42, RecordedWal.Read(wal).Seen.Records[0].Microseconds);
    }

    [Theory]
    [InlineData(new byte[] { 255, 7, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 255, 9, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0x80, 0, 0, 0, 0, 0, 0, 255, 8, 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(new byte[] { })]
    public void A_commit_that_is_not_built_as_one_ends_the_reading(byte[] body)
    {
        var wal = new WalBuilder();
        wal.Record(1, 0, 5, body);

        Assert.Equal(WalReadEnd.BadRecordBody, RecordedWal.Read(wal).End);
    }

    [Fact]
    public void Times_are_the_extremes_not_the_ends()
    {
        var wal = new WalBuilder();
        wal.Commit(50);
        wal.Abort(10);
        wal.Commit(90);
        wal.Commit(60);
        var summary = Summarize(wal, 0);

        Assert.Equal(4, summary.EndedTransactions);
        Assert.Equal(PostgresTime.FromMicroseconds(10), summary.FirstTime);
        Assert.Equal(PostgresTime.FromMicroseconds(90), summary.LastTime);
    }

    [Fact]
    public void Segments_must_follow_each_other_and_be_whole()
    {
        var wal = new WalBuilder();
        wal.Filler(2_500_000);
        var (seen, reader) = (new RecordedWal(), new WalChainReader(WalBuilder.Size));

        Assert.Throws<ArgumentException>(() => reader.Read(wal.Segment(0), wal[0].AsSpan(1), ref seen));
        reader.Read(wal.Segment(0), wal[0], ref seen);
        Assert.Throws<ArgumentException>(() => reader.Read(wal.Segment(2), wal[2], ref seen));
        Assert.Equal(WalReadEnd.SegmentFull, reader.Read(wal.Segment(1), wal[1], ref seen));
        Assert.Equal(WalReadEnd.Unwritten, reader.Read(wal.Segment(2), wal[2], ref seen));
        Assert.Throws<InvalidOperationException>(() => reader.Read(wal.Segment(3), wal[0], ref seen));
    }

    static WalSegmentSummary Summarize(WalBuilder wal, int index)
        => WalSegmentReader.Summarize(wal.Segment(index), WalBuilder.Size, wal[index], WalBuilder.SystemId);

    static (Lsn Start, WalRecordKind Kind, uint Xid, long Microseconds) Append(
        WalBuilder wal, int kind, int bytes, int time) => kind switch
    {
        0 => (wal.Commit(time, 11), WalRecordKind.Commit, 11, time),
        1 => (wal.Abort(time, 12), WalRecordKind.Abort, 12, time),
        2 => (wal.RestorePoint($"point {time}", time), WalRecordKind.RestorePoint, 0, time),
        3 => (wal.CommitPrepared(time, 99, bytes / 100), WalRecordKind.CommitPrepared, 99, time),
        4 when bytes < 1000 => (wal.Switch(), WalRecordKind.SegmentSwitch, 0, 0),
        _ => (wal.Filler(bytes), WalRecordKind.Other, 1, 0),
    };
}
