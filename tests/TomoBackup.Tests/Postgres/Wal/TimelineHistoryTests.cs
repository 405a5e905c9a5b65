using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Tests.Postgres.Wal;

public sealed class TimelineHistoryTests
{
    static readonly TimelineHistory Third = TimelineHistory.Parse(
        3, "# by hand\n1\t0/41029180\tno recovery target specified\n\n2\t0/50000000\tbefore 2026-11-22\n");

    [Fact]
    public void Reads_what_a_promotion_wrote()
    {
        Assert.Equal(
            [
                new TimelineSwitch(1, Lsn.Parse("0/41029180"), "no recovery target specified"),
                new TimelineSwitch(2, Lsn.Parse("0/50000000"), "before 2026-11-22"),
            ],
            Third.Switches);
        Assert.Equal(Lsn.Parse("0/50000000"), Third.Start);
    }

    [Theory]
    [InlineData("0/41029180", 1, true)]
    [InlineData("0/41029181", 1, false)]
    [InlineData("0/50000000", 2, true)]
    [InlineData("0/50000001", 2, false)]
    [InlineData("FF/0", 3, true)]
    [InlineData("0/1", 4, false)]
    public void A_timeline_is_an_ancestor_up_to_its_switch(string lsn, uint timeline, bool expected)
        => Assert.Equal(expected, Third.IsAncestor(timeline, Lsn.Parse(lsn)));

    [Theory]
    [InlineData("0/0", 1)]
    [InlineData("0/4102917F", 1)]
    [InlineData("0/41029180", 2)]
    [InlineData("0/50000000", 3)]
    public void Each_byte_belongs_to_one_timeline(string lsn, uint timeline)
        => Assert.Equal(timeline, Third.TimelineAt(Lsn.Parse(lsn)));

    [Fact]
    public void A_recovery_that_stopped_before_its_ancestors_forked_cuts_them_all()
    {
        var history = TimelineHistory.Parse(4, "1\t0/100\tx\n2\t0/200\tx\n3\t0/50\tx\n");

        Assert.Equal(1u, history.TimelineAt(new Lsn(0x30)));
        Assert.Equal(4u, history.TimelineAt(new Lsn(0x50)));
        Assert.Equal(4u, history.TimelineAt(new Lsn(0x150)));
        Assert.False(history.IsAncestor(1, new Lsn(0x75)));
        Assert.True(history.IsAncestor(2, new Lsn(0x50)));
    }

    [Theory]
    [InlineData("1 0/100 x")]
    [InlineData("1\t0100\tx")]
    [InlineData("0\t0/100\tx")]
    [InlineData("3\t0/100\tx")]
    [InlineData("2\t0/100\tx\n1\t0/200\tx")]
    [InlineData("x")]
    public void Refuses_a_broken_history(string text)
        => Assert.Throws<PostgresFormatException>(() => TimelineHistory.Parse(3, text));

    [Fact]
    public void The_first_timeline_has_no_ancestors()
    {
        var first = TimelineHistory.WithoutAncestors(1);

        Assert.Empty(first.Switches);
        Assert.Equal(1u, first.TimelineAt(new Lsn(5)));
        Assert.False(first.IsAncestor(2, new Lsn(5)));
    }
}
