using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Tests.Postgres.Wal;

public sealed class RecoveryStopFinderTests
{
    [Theory]
    [InlineData(9, true, 10u, 1)]
    [InlineData(10, true, 11u, 2)]
    [InlineData(10, false, 10u, 1)]
    [InlineData(11, true, 12u, 4)]
    [InlineData(15, true, 12u, 4)]
    [InlineData(20, false, 12u, 4)]
    public void Stops_before_the_first_end_of_a_transaction_that_is_too_late(
        long target, bool isInclusive, uint stopXid, int replayed)
    {
        var wal = Wal(out var starts);
        var finder = Find(wal, target, isInclusive, Lsn.Zero);

        Assert.Equal(stopXid, finder.Stop!.Value.Xid);
        Assert.Equal(starts[replayed - 1], finder.LastRecord);
    }

    [Fact]
    public void Without_a_later_end_the_last_record_is_the_target()
    {
        var wal = Wal(out var starts);
        var finder = Find(wal, 20, isInclusive: true, Lsn.Zero);

        Assert.Null(finder.Stop);
        Assert.Equal(starts[^1], finder.LastRecord);
        Assert.Equal(13u, finder.LastTransaction!.Value.Xid);
    }

    [Fact]
    public void A_target_before_everything_replays_what_stands_before_the_first_end()
    {
        var wal = new WalBuilder();
        wal.Commit(5);
        var finder = Find(wal, 1, isInclusive: true, Lsn.Zero);

        Assert.Null(finder.LastRecord);
        Assert.NotNull(finder.Stop);
    }

    [Fact]
    public void Records_before_the_start_of_replay_do_not_count()
    {
        var wal = Wal(out var starts);
        var finder = Find(wal, 9, isInclusive: true, starts[4]);

        Assert.Equal(12u, finder.Stop!.Value.Xid);
        Assert.Null(finder.LastRecord);
    }

    [Fact]
    public void Goes_on_over_segments()
    {
        var wal = new WalBuilder();
        wal.Commit(1);
        wal.Filler(3_000_000);
        var last = wal.Filler(1);
        var stop = wal.Abort(7);
        var finder = Find(wal, 6, isInclusive: true, Lsn.Zero);

        Assert.Equal(stop, finder.Stop!.Value.Start);
        Assert.Equal(last, finder.LastRecord);
    }

    /// <summary>
    /// Filler, commits at 10 and 11, filler, one at 20 and, out of order, one at 15; restore points stop nothing.
    /// </summary>
    static WalBuilder Wal(out Lsn[] starts)
    {
        var wal = new WalBuilder();
        starts =
        [
            wal.Filler(10), wal.Commit(10, 10), wal.Abort(11, 11), wal.RestorePoint("late", 99), wal.Commit(20, 12),
            wal.Commit(15, 13), wal.Filler(20),
        ];
        return wal;
    }

    static RecoveryStopFinder Find(WalBuilder wal, long target, bool isInclusive, Lsn from)
    {
        var finder = new RecoveryStopFinder(PostgresTime.FromMicroseconds(target), isInclusive, from);
        var reader = new WalChainReader(WalBuilder.Size);

        for (var i = 0; i < wal.Count; i++)
            if (reader.Read(wal.Segment(i), wal[i], ref finder) != WalReadEnd.SegmentFull)
                break;

        return finder;
    }
}
