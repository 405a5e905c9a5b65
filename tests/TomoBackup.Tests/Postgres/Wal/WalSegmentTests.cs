using CsCheck;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Tests.Postgres.Wal;

public sealed class WalSegmentTests
{
    [Theory]
    [InlineData(16, 1, "0/3A000028", "00000001000000000000003A")]
    [InlineData(16, 2, "1/FF000000", "0000000200000001000000FF")]
    [InlineData(1, 1, "0/841560", "000000010000000000000008")]
    [InlineData(1, 1, "5/FFF00000", "000000010000000500000FFF")]
    [InlineData(1024, 0xABCDEF01, "5/FFF00000", "ABCDEF010000000500000003")]
    public void Bears_the_name_that_PostgreSQL_gives(int mebibytes, uint timeline, string lsn, string name)
    {
        var size = new WalSegmentSize(mebibytes << 20);
        var segment = WalSegment.Containing(Lsn.Parse(lsn), timeline, size);

        Assert.Equal(name, segment.Name(size));
        Assert.True(WalSegment.TryParse(name, size, out var parsed));
        Assert.Equal(segment, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000001000000000000003")]
    [InlineData("00000001000000000000003A0")]
    [InlineData("00000001000000000000003a")]
    [InlineData("00000000000000000000003A")]
    [InlineData("000000010000000000000100")]
    [InlineData("0000000100000000000000 A")]
    [InlineData("00000001.history")]
    public void Refuses_names_that_no_such_segment_bears(string name)
        => Assert.False(WalSegment.TryParse(name, WalSegmentSize.Default, out _));

    [Fact]
    public void A_stop_on_the_boundary_needs_only_the_segment_before_it()
    {
        var size = WalSegmentSize.Default;

        Assert.Equal(4UL, WalSegment.LastBefore(Lsn.Parse("0/5000000"), 1, size).Number);
        Assert.Equal(5UL, WalSegment.LastBefore(Lsn.Parse("0/5000001"), 1, size).Number);
        Assert.Throws<ArgumentOutOfRangeException>(() => WalSegment.LastBefore(Lsn.Zero, 1, size));
    }

    [Fact]
    public void Segments_follow_each_other_without_gaps()
        => Gen.Select(Gen.Int[20, 30], Gen.UInt).Sample(
            (power, number) =>
            {
                var size = new WalSegmentSize(1 << power);
                var segment = new WalSegment(3, number);

                return segment.End(size) == segment.Next.Start(size)
                    && WalSegment.Containing(segment.Start(size), 3, size) == segment
                    && WalSegment.LastBefore(segment.End(size), 3, size) == segment
                    && WalSegment.TryParse(segment.Name(size), size, out var parsed) && parsed == segment;
            },
            seed: "0N0XIzNsQ0O2");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1 << 19)]
    [InlineData((1 << 20) + 1)]
    [InlineData(3 << 20)]
    [InlineData(int.MinValue)]
    public void Refuses_sizes_that_initdb_refuses(int bytes)
        => Assert.Throws<PostgresFormatException>(() => new WalSegmentSize(bytes));

    [Fact]
    public void A_size_that_was_never_set_is_not_used()
        => Assert.Throws<InvalidOperationException>(() => default(WalSegmentSize).Bytes);

    [Theory]
    [InlineData("00000001000000000000003A", WalFileKind.Segment, 1, 0)]
    [InlineData("00000002000000000000003A.partial", WalFileKind.Partial, 2, 0)]
    [InlineData("00000001000000000000000E.00000028.backup", WalFileKind.BackupHistory, 1, 0x28)]
    [InlineData("0000000A.history", WalFileKind.TimelineHistory, 10, 0)]
    public void Classifies_what_the_archiver_brings(string name, WalFileKind kind, uint timeline, uint offset)
    {
        Assert.True(WalFileName.TryParse(name, out var file));
        Assert.Equal((kind, timeline, offset), (file.Kind, file.Timeline, file.BackupOffset));
        Assert.Equal(name, file.ToString());
        Assert.Equal(kind != WalFileKind.TimelineHistory, file.TryGetSegment(WalSegmentSize.Default, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("RECOVERYXLOG")]
    [InlineData("0000000A.History")]
    [InlineData("0000000a.history")]
    [InlineData("00000000.history")]
    [InlineData("00000001000000000000003A.ready")]
    [InlineData("00000001000000000000003A.gz")]
    [InlineData("00000001000000000000003A.0000028.backup")]
    [InlineData("00000001000000000000003A.0000002g.backup")]
    [InlineData("../000000010000000000000001")]
    [InlineData("00000001000000000000003A.partial.partial")]
    public void Leaves_other_files_alone(string name) => Assert.False(WalFileName.TryParse(name, out _));
}
