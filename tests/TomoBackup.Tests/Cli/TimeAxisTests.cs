using TomoBackup.Cli.Output;

namespace TomoBackup.Tests.Cli;

public sealed class TimeAxisTests
{
    static readonly DateTimeOffset Noon = new(2026, 3, 11, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(50, 50)]
    [InlineData(100, 100)]
    [InlineData(-10, 0)]
    [InlineData(110, 100)]
    public void A_moment_has_a_column_and_none_lies_outside(int minutes, int expected)
        => Assert.Equal(expected, new TimeAxis(Noon, Noon.AddMinutes(100), 101).ColumnOf(Noon.AddMinutes(minutes)));

    [Theory]
    [InlineData(10, "03-11 12:02 12:04 12:06 12:08 12:10")]
    [InlineData(60 * 6, "03-11 13:00 14:00 15:00 16:00 17:00 18:00")]
    [InlineData(60 * 24 * 3, "03-12 00:00 12:00 03-13 00:00 12:00 03-14 00:00 12:00")]
    [InlineData(60 * 24 * 60, "2026-03-16 2026-03-30 2026-04-13 2026-04-27")]
    public void Ticks_stand_at_round_times_of_UTC_and_a_day_is_said_once(int minutes, string expected)
        => Assert.Equal(
            expected,
            string.Join(' ', new TimeAxis(Noon, Noon.AddMinutes(minutes), 100).Ticks().Select(tick => tick.Label)));

    [Fact]
    public void Labels_never_run_into_one_another()
    {
        for (var hours = 1; hours < 24 * 4000; hours = (hours * 3 / 2) + 1)
            foreach (var columns in new[] { 60, 69, 109, 160 })
            {
                var ticks = new TimeAxis(Noon, Noon.AddHours(hours), columns).Ticks();

                foreach (var (left, right) in ticks.Zip(ticks.Skip(1)))
                    Assert.True(left.Column + left.Label.Length < right.Column, $"{hours} h in {columns} columns");
            }
    }
}
