using TomoBackup.Archiving;

namespace TomoBackup.Tests.Archiving;

public sealed class PushPlanTests
{
    const string Asked = "000000010000000000000005";

    [Fact]
    public void Ahead_come_waiting_segments_of_the_same_timeline_oldest_first()
    {
        string[] ready =
        [
            "000000010000000000000009", "000000010000000000000006", "000000010000000000000004", Asked,
            "000000020000000000000006", "00000002.history", "000000010000000000000007.00000028.backup",
            "000000010000000000000007.partial", "nonsense",
        ];

        Assert.Equal(
            ["000000010000000000000006", "000000010000000000000009"],
            PushPlan.Ahead(Asked, ready, new HashSet<string>(), 10));
    }

    [Fact]
    public void What_was_pushed_already_is_left_out_and_no_more_than_the_limit_is_taken()
    {
        var ready = Enumerable.Range(6, 9).Select(n => $"0000000100000000000000{n:X2}");

        Assert.Equal(
            ["000000010000000000000007", "000000010000000000000008"],
            PushPlan.Ahead(Asked, ready, new HashSet<string> { "000000010000000000000006" }, 2));
    }

    [Fact]
    public void Behind_a_history_file_nothing_is_pushed_ahead()
        => Assert.Empty(PushPlan.Ahead("00000002.history", [Asked], new HashSet<string>(), 10));
}
