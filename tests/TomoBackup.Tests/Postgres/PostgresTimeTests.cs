using TomoBackup.Postgres;

namespace TomoBackup.Tests.Postgres;

public sealed class PostgresTimeTests
{
    [Theory]
    [InlineData(0, "2000-01-01T00:00:00.000000")]
    [InlineData(1, "2000-01-01T00:00:00.000001")]
    [InlineData(-1, "1999-12-31T23:59:59.999999")]
    [InlineData(long.MaxValue, "9999-12-31T23:59:59.999999")]
    [InlineData(long.MinValue, "0001-01-01T00:00:00.000000")]
    public void Is_exact_and_saturates(long microseconds, string expected)
        => Assert.Equal(
            expected,
            PostgresTime.FromMicroseconds(microseconds)
                .ToString("yyyy-MM-ddTHH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture));
}
