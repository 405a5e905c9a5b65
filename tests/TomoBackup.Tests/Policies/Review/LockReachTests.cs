using TomoBackup.Policies.Review;
using static TomoBackup.Tests.Policies.Review.ReviewedPolicy;

namespace TomoBackup.Tests.Policies.Review;

public sealed class LockReachTests
{
    static readonly TimeSpan Slack = TimeSpan.FromDays(7 + 3);

    [Fact]
    public void Locks_a_generation_for_the_window_two_generations_and_the_time_to_notice()
    {
        var reach = ReachOf();

        Assert.Equal(TimeSpan.FromDays(30 + 1) + Slack, reach?.Wal);
        Assert.Equal(TimeSpan.FromDays(30 + 2) + Slack, reach?.Generation);
    }

    [Fact]
    public void A_generation_that_lasts_a_week_counts_as_one()
        => Assert.Equal(TimeSpan.FromDays(30 + 14) + Slack, ReachOf(Full, "    full: \"0 2 * * 0\"\n")?.Generation);

    [Fact]
    public void Backups_that_are_kept_longer_than_WAL_are_locked_longer()
    {
        var reach = ReachOf("backup: 30d", "backup: 90d");

        Assert.Equal(TimeSpan.FromDays(30 + 1) + Slack, reach?.Wal);
        Assert.Equal(TimeSpan.FromDays(90 + 2) + Slack, reach?.Generation);
    }

    [Theory]
    [InlineData("wal: 30d", "wal: forever")]
    [InlineData("backup: 30d", "backup: forever")]
    [InlineData(Full, "")]
    public void What_is_kept_for_ever_or_comes_without_a_schedule_gives_no_end(string from, string to)
        => Assert.Null(ReachOf(from, to));

    static LockReach? ReachOf(params string[] changes) => LockReach.Of(Read(With(changes)), "offsite", Now);
}
