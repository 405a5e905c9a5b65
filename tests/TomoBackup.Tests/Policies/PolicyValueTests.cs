using CsCheck;
using TomoBackup.Policies;

namespace TomoBackup.Tests.Policies;

public sealed class PolicyValueTests
{
    [Fact]
    public void A_printed_duration_reads_back_as_itself()
        => Gen.Select(Gen.Int[1, 1200], Gen.Enum<DurationUnit>(), (count, unit) => new Duration(count, unit))
            .Sample(
                duration => Duration.TryParse(duration.ToString(), out var back) && back == duration,
                seed: "0N0XIzNsQ0O2");

    [Fact]
    public void A_printed_size_reads_back_as_itself()
        => Gen.Long[0, long.MaxValue].Select(bytes => new ByteSize(bytes))
            .Sample(size => ByteSize.TryParse(size.ToString(), out var back) && back == size, seed: "0N0XIzNsQ0O2");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("15")]
    [InlineData("m")]
    [InlineData("0m")]
    [InlineData("-1m")]
    [InlineData("1.5h")]
    [InlineData("15 m")]
    [InlineData("15M")]
    [InlineData("1w")]
    [InlineData("99999999999d")]
    [InlineData("36601d")]
    public void Refuses_what_is_no_duration(string? text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("90s", "2026-03-31T11:58:30Z")]
    [InlineData("15m", "2026-03-31T11:45:00Z")]
    [InlineData("4h", "2026-03-31T08:00:00Z")]
    [InlineData("30d", "2026-03-01T12:00:00Z")]
    [InlineData("1mo", "2026-02-28T12:00:00Z")]
    public void Counts_back_from_a_moment(string text, string expected)
    {
        var noon = new DateTimeOffset(2026, 3, 31, 12, 0, 0, TimeSpan.Zero);

        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(DateTimeOffset.Parse(expected, null), duration.Before(noon));
    }

    [Theory]
    [InlineData("50MB", 50_000_000)]
    [InlineData("5GiB", 5_368_709_120)]
    [InlineData("0B", 0)]
    [InlineData("9kB", 9_000)]
    public void Reads_sizes_with_their_unit(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(bytes, size.Bytes);
        Assert.Equal(text, size.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("5")]
    [InlineData("5G")]
    [InlineData("5 GiB")]
    [InlineData("-5GiB")]
    [InlineData("5gib")]
    [InlineData("9999999999TiB")]
    public void Refuses_what_is_no_size(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData("reteniton", "retention")]
    [InlineData("Clusters", "clusters")]
    [InlineData("cluster", "clusters")]
    [InlineData("banana", null)]
    [InlineData("x", null)]
    public void Guesses_only_what_is_near(string word, string? expected)
        => Assert.Equal(expected, NearestWord.Find(word, ["clusters", "repositories", "retention", "wal"]));

    [Theory]
    [InlineData("host=/tmp port=5433", "host='/tmp' port='5433'")]
    [InlineData(" host = '/my dir' user=\\'x ", "host='/my dir' user='\\'x'")]
    [InlineData("user='it\\'s \\\\'", "user='it\\'s \\\\'")]
    [InlineData("", "")]
    public void Reads_connections_as_libpq_does(string text, string expected)
        => Assert.Equal(expected, ConnectionSettings.Parse(text, [])?.ToString());

    [Fact]
    public void A_printed_connection_reads_back_as_itself()
        => Gen.Select(Gen.String.AlphaNumeric, Gen.Char["' \\=ab"].Array.Select(letters => new string(letters)))
            .Sample(
                (user, database) =>
                {
                    var parameters = new Dictionary<string, string> { ["user"] = user, ["dbname"] = database };
                    var printed = new ConnectionSettings { Parameters = parameters }.ToString();
                    return parameters.SequenceEqual(ConnectionSettings.Parse(printed, [])!.Parameters);
                },
                seed: "0N0XIzNsQ0O2");
}
