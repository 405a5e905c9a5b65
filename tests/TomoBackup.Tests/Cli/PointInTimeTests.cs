using CsCheck;
using TomoBackup.Cli;

namespace TomoBackup.Tests.Cli;

public sealed class PointInTimeTests
{
    [Theory]
    [InlineData("2026-11-22", "2026-11-22 00:00:00 UTC")]
    [InlineData("2026-11-22 14:03", "2026-11-22 14:03:00 UTC")]
    [InlineData("2026-11-22 14:03:05", "2026-11-22 14:03:05 UTC")]
    [InlineData("2026-11-22 14:03:05 UTC", "2026-11-22 14:03:05 UTC")]
    [InlineData("2026-11-22 UTC", "2026-11-22 00:00:00 UTC")]
    [InlineData("2026-11-22T14:03Z", "2026-11-22 14:03:00 UTC")]
    [InlineData("2026-11-22T14:03:05.25Z", "2026-11-22 14:03:05.25 UTC")]
    [InlineData("2026-11-22 14:03:05.123456", "2026-11-22 14:03:05.123456 UTC")]
    [InlineData("2026-11-22 14:03:05.000001+01", "2026-11-22 13:03:05.000001 UTC")]
    [InlineData("2026-11-22 00:30+05:30", "2026-11-21 19:00:00 UTC")]
    [InlineData("2026-11-22T23:30-08:00", "2026-11-23 07:30:00 UTC")]
    public void Reads_a_time_and_prints_it_in_UTC(string text, string expected)
    {
        Assert.True(PointInTime.TryParse(text, out var moment));
        Assert.Equal(expected, moment.ToString());
        Assert.Equal(TimeSpan.Zero, moment.Utc.Offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("14:03")]
    [InlineData("2026-11")]
    [InlineData("2026-02-30")]
    [InlineData("2026-11-22 25:00")]
    [InlineData("22.11.2026")]
    [InlineData("11/22/2026")]
    [InlineData("2026-11-22 14:03:05.1234567")]
    [InlineData("2026-11-22 14:03 CET")]
    [InlineData("2026-11-22  14:03")]
    [InlineData("2026-11-22 14:03Z UTC")]
    [InlineData(" UTC")]
    public void Refuses_what_could_mean_something_else(string text) => Assert.False(PointInTime.TryParse(text, out _));

    [Fact]
    public void What_is_printed_reads_back_as_itself()
        => Gen.Long[0, 4_000_000_000_000_000].Select(microseconds =>
                new PointInTime(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds)))
            .Sample(
                moment => PointInTime.TryParse(moment.ToString(), out var back) && back == moment,
                seed: "0N0XIzNsQ0O2");
}
