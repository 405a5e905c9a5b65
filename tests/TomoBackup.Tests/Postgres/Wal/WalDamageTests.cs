using System.Buffers.Binary;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Tests.Postgres.Wal;

public sealed class WalDamageTests
{
    [Fact]
    public void Every_changed_byte_of_a_record_ends_the_chain_and_no_other_changes_what_is_seen()
    {
        var wal = new WalBuilder();
        wal.Commit(1);
        wal.Filler(333);
        wal.RestorePoint("here", 2);
        wal.CommitPrepared(3, 4, 5);
        wal.Filler(8001);
        wal.Abort(4);
        wal.Switch();
        var segment = wal[0];
        var (whole, _, _) = RecordedWal.Read(wal);

        // within the long filler one byte is like the other
        for (var i = 0; i < 9000; i += i is > 1000 and < 8000 ? 61 : 1)
        {
            segment[i] ^= (byte)(1 << (i % 8));
            var (seen, _, end) = RecordedWal.Read(wal);
            segment[i] ^= (byte)(1 << (i % 8));

            var isComplete = end is WalReadEnd.SegmentFull or WalReadEnd.SegmentSwitch;
            Assert.False(isComplete && wal.Covered(0)[i], $"byte {i} was changed and nobody noticed");
            Assert.True(
                isComplete ? whole.Records.SequenceEqual(seen.Records) : IsBeginning(seen.Records, whole.Records),
                $"byte {i} made other records");
        }
    }

    [Fact]
    public void A_changed_byte_in_the_next_segment_is_noticed_where_the_record_is_joined()
    {
        var wal = new WalBuilder();
        wal.Filler((1 << 20) - 2000 - (128 * 24));
        wal.Filler(4000);
        wal.Switch();
        Assert.Equal(2, wal.Count);
        Assert.Equal(WalReadEnd.SegmentSwitch, RecordedWal.Read(wal).End);

        for (var i = 40; i < 2000; i += 13)
        {
            wal[1][i] ^= 0x40;
            Assert.True(!wal.Covered(1)[i] || RecordedWal.Read(wal).End is WalReadEnd.BadChecksum
                or WalReadEnd.BadBackLink or WalReadEnd.BadResourceManager or WalReadEnd.BadRecordLength, $"byte {i}");
            wal[1][i] ^= 0x40;
        }
    }

    [Fact]
    public void A_missing_middle_segment_cannot_be_papered_over()
    {
        var wal = new WalBuilder();
        wal.Filler(1000);
        wal.Switch();
        var second = wal.Filler(1000);
        wal.Switch();
        wal.Filler(1000);
        wal.Switch();
        var (seen, reader) = (new RecordedWal(), new WalChainReader(WalBuilder.Size));
        reader.Read(wal.Segment(0), wal[0], ref seen);

        // the third under the name of the second
        Assert.Equal(WalReadEnd.BadPageHeader, reader.Read(wal.Segment(1), wal[2], ref seen));
        Assert.DoesNotContain(seen.Records, r => r.Start == second);
    }

    [Fact]
    public void Tells_zeros_from_a_recycled_segment_from_damage()
    {
        var wal = new WalBuilder();
        wal.Filler(1000);
        Assert.Equal(WalReadEnd.Unwritten, RecordedWal.Read(wal).End);

        wal.Filler(7091);
        var old = wal[0].AsSpan(8192);
        WritePage(old, address: (2UL << 20) + 8192);
        Assert.Equal(WalReadEnd.Recycled, RecordedWal.Read(wal).End);

        WritePage(old, address: (3UL << 20) + (2 * 8192));
        Assert.Equal(WalReadEnd.BadPageHeader, RecordedWal.Read(wal).End);

        Assert.Equal(WalReadEnd.Unwritten,
            WalSegmentReader.Summarize(new WalSegment(1, 1), WalBuilder.Size, new byte[1 << 20]).Reason);
    }

    [Fact]
    public void Bytes_behind_a_switch_are_noticed()
    {
        var wal = new WalBuilder();
        wal.Switch();
        wal[0][^1] = 1;

        Assert.Equal(WalReadEnd.NotZeroAfterSwitch, RecordedWal.Read(wal).End);
    }

    [Fact]
    public void Bytes_behind_a_switch_are_noticed_in_a_later_piece()
    {
        var wal = new WalBuilder();
        wal.Filler(10);
        wal.Switch();
        wal[0][^1] = 1;
        var (seen, reader) = (new RecordedWal(), new WalChainReader(WalBuilder.Size));
        reader.Begin(wal.Segment(0));

        Assert.Null(reader.Continue(wal[0].AsSpan(0, 8192), ref seen));
        Assert.Equal(WalReadEnd.NotZeroAfterSwitch, reader.Continue(wal[0].AsSpan(8192), ref seen));
    }

    [Fact]
    public void Pieces_are_whole_pages_and_no_more_than_the_segment_has()
    {
        var wal = new WalBuilder();
        wal.Filler(10);
        var (seen, reader) = (new RecordedWal(), new WalChainReader(WalBuilder.Size));
        Assert.Throws<InvalidOperationException>(() => reader.Continue(wal[0].AsSpan(0, 8192), ref seen));
        reader.Begin(wal.Segment(0));

        Assert.Throws<ArgumentException>(() => reader.Continue(wal[0].AsSpan(0, 8191), ref seen));
        Assert.Throws<ArgumentException>(() => reader.Continue(new byte[wal[0].Length + 8192], ref seen));
    }

    [Fact]
    public void A_segment_of_another_cluster_is_refused()
    {
        var wal = new WalBuilder();
        wal.Switch();

        Assert.Equal(
            WalReadEnd.BadPageHeader,
            WalSegmentReader.Summarize(wal.Segment(0), WalBuilder.Size, wal[0], WalBuilder.SystemId + 1).Reason);
    }

    [Fact]
    public void The_first_back_link_must_leave_the_segment()
    {
        var wal = new WalBuilder();
        wal.Filler(10);
        var record = wal[0].AsSpan(40);
        BinaryPrimitives.WriteUInt64LittleEndian(record[8..], 3UL << 20);
        var length = BinaryPrimitives.ReadInt32LittleEndian(record);
        BinaryPrimitives.WriteUInt32LittleEndian(
            record[20..], Crc32C.Compute([.. record[24..length], .. record[..20]]));

        Assert.Equal(WalReadEnd.BadBackLink, RecordedWal.Read(wal).End);
    }

    [Theory]
    [InlineData(23u)]
    [InlineData(uint.MaxValue)]
    public void Impossible_lengths_end_the_reading(uint length)
    {
        var wal = new WalBuilder();
        wal.Filler(10);
        BinaryPrimitives.WriteUInt32LittleEndian(wal[0].AsSpan(40), length);

        Assert.Equal(WalReadEnd.BadRecordLength, RecordedWal.Read(wal).End);
    }

    static bool IsBeginning(List<WalRecord> some, List<WalRecord> all) => some.SequenceEqual(all.Take(some.Count));

    static void WritePage(Span<byte> page, ulong address)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(page, 0xD118);
        BinaryPrimitives.WriteUInt32LittleEndian(page[4..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(page[8..], address);
    }
}
