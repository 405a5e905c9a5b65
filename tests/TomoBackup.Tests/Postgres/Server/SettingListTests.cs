using TomoBackup.Postgres.Server;

namespace TomoBackup.Tests.Postgres.Server;

public sealed class SettingListTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("age", "age")]
    [InlineData(" age , pg_stat_statements ", "age|pg_stat_statements")]
    [InlineData("\"/a, b\", /c", "/a, b|/c")]
    [InlineData("\"a\"\"b\"", "a\"b")]
    [InlineData(",,", "")]
    public void Splits_as_PostgreSQL_does(string text, string expected)
        => Assert.Equal(expected, string.Join('|', SettingList.Split(text)));
}
