using CsCheck;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Tests.Postgres.Server;

public sealed class ServerAddressTests
{
    [Fact]
    public void Reads_what_libpq_reads()
    {
        var address = ServerAddress.Parse(" host = /run/postgresql  port=5433 user='tomo backup' dbname=it\\'s ");

        Assert.Equal("/run/postgresql", address.Host);
        Assert.Equal(5433, address.Port);
        Assert.Equal("tomo backup", address.User);
        Assert.Equal("it's", address.Database);
        Assert.True(address.IsLocal);
        Assert.False(address.MayEncrypt);
    }

    [Fact]
    public void Takes_the_usual_socket_and_user_where_nothing_is_said()
    {
        var address = ServerAddress.Parse("");

        Assert.Equal("/var/run/postgresql", address.Host);
        Assert.Equal(5432, address.Port);
        Assert.Equal(Environment.UserName, address.User);
        Assert.Equal(Environment.UserName, address.Database);
    }

    [Theory]
    [InlineData("host=db.example.org", true)]
    [InlineData("host=db.example.org sslmode=verify-full sslrootcert=/etc/ca.pem", true)]
    [InlineData("host=db.example.org sslmode=disable", false)]
    [InlineData("host=/run/postgresql sslmode=require", false)]
    public void Speaks_TLS_over_TCP_only(string text, bool encrypts)
        => Assert.Equal(encrypts, ServerAddress.Parse(text).MayEncrypt);

    [Theory]
    [InlineData("hots=/run", "unknown key 'hots'")]
    [InlineData("host", "no '=' behind 'host'")]
    [InlineData("port=http", "port 'http'")]
    [InlineData("port=65536", "port '65536'")]
    [InlineData("sslmode=on", "sslmode 'on'")]
    [InlineData("user='x", "quote without its end")]
    [InlineData("user='x\\", "quote without its end")]
    [InlineData("host=a,b", "several hosts")]
    public void Refuses_what_it_does_not_understand(string text, string reason)
        => Assert.Contains(
            reason,
            Assert.Throws<FormatException>(() => ServerAddress.Parse(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_password_without_repeating_it()
    {
        var refusal = Assert.Throws<FormatException>(() => ServerAddress.Parse("password=hunter2"));

        Assert.DoesNotContain("hunter2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("passfile", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Goes_to_another_database_of_the_same_server()
    {
        var address = ServerAddress.Parse("host=/run/x port=5433 user=u dbname=a").WithDatabase("b;c 'd'");

        Assert.Equal("b;c 'd'", address.Database);
        Assert.Equal("/run/x", address.Host);
        Assert.Equal(5433, address.Port);
    }

    [Fact]
    public void Gives_back_any_quoted_value()
        => Gen.String.Where(static value => !value.Contains('\0', StringComparison.Ordinal) && value.Length > 0)
            .Sample(static value =>
            {
                var quoted = value.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("'", "\\'", StringComparison.Ordinal);

                return ServerAddress.Parse($"user = 'u' dbname='{quoted}'").Database == value;
            });
}
