using CsCheck;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Summaries;

namespace TomoBackup.Tests.Postgres.Summaries;

public sealed class WalSummaryNameTests
{
    [Fact]
    public void Reads_what_PostgreSQL_writes()
    {
        Assert.True(WalSummaryName.TryParse("0000000200000000010000280000000001A9B5D8.summary", out var name));

        Assert.Equal(new WalSummaryName(2, Lsn.Parse("0/1000028"), Lsn.Parse("0/1A9B5D8")), name);
    }

    [Fact]
    public void Any_name_comes_back()
        => Gen.Select(Gen.UInt, Gen.ULong, Gen.ULong)
            .Where((_, start, end) => start < end)
            .Sample(
                (timeline, start, end) =>
                {
                    var name = new WalSummaryName(timeline, new Lsn(start), new Lsn(end));
                    return WalSummaryName.TryParse(name.ToString(), out var read) && read == name;
                },
                seed: "0000KOIikJQ4",
                iter: 1_000);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("temp.summary")]
    [InlineData("0000000200000000010000280000000001A9B5D8")]
    [InlineData("0000000200000000010000280000000001A9B5D8.summary.tmp")]
    [InlineData("0000000200000000010000280000000001A9B5D8.Summary")]
    [InlineData("0000000200000000010000280000000001a9b5d8.summary")]
    [InlineData("000000020000000001A9B5D80000000001000028.summary")]
    [InlineData("0000000200000000010000280000000001000028.summary")]
    [InlineData(" 000000200000000010000280000000001A9B5D8.summary")]
    [InlineData("+000000200000000010000280000000001A9B5D8.summary")]
    public void Refuses_any_other_file_of_that_folder(string? name)
        => Assert.False(WalSummaryName.TryParse(name, out _));
}
