using TomoBackup.Storage.S3;

namespace TomoBackup.Tests.Storage.S3;

public sealed class S3OptionsTests
{
    static readonly S3Options Valid = new()
    {
        Endpoint = new Uri("https://s3.example.com"),
        Bucket = "bucket",
        Region = "region",
        Credentials = () => new S3Credentials("key", "secret"),
    };

    [Theory]
    [InlineData("https://s3.example.com")]
    [InlineData("https://127.0.0.1:9000")]
    [InlineData("http://127.0.0.1:9000")]
    [InlineData("http://localhost:9000")]
    [InlineData("http://[::1]:9000")]
    public void Takes_an_endpoint_that_nobody_can_listen_to(string endpoint)
        => Assert.Equal(endpoint, (Valid with { Endpoint = new Uri(endpoint) }).Endpoint.ToString().TrimEnd('/'));

    [Theory]
    [InlineData("http://s3.example.com")]
    [InlineData("http://10-0-0-1.example:9000")]
    [InlineData("http://localhost.example.com")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("https:" + "//key@s3.example.com")]
    public void Refuses_an_endpoint_that_somebody_could_listen_to(string endpoint)
        => Assert.Throws<ArgumentException>(() => Valid with { Endpoint = new Uri(endpoint) });

    [Fact]
    public void Refuses_what_the_service_would_refuse()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Valid with { PartBytes = (5 << 20) - 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Valid with { PartsInFlight = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Valid with { UploadLimit = 0 });
        Assert.Throws<ArgumentException>(() => Valid with { Prefix = "a/" });
        Assert.Throws<ArgumentException>(() => Valid with { ServerSideEncryption = "aws:kms" });
        Assert.Throws<ArgumentOutOfRangeException>(() => new S3RetryOptions { Attempts = 0 });
    }

    [Fact]
    public void Shows_no_secret()
    {
        Assert.Equal("***", $"{Valid.Credentials()}");
        Assert.DoesNotContain("secret", $"{Valid}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3.us-west-004.backblazeb2.com", "Backblaze B2", ConditionalPut.Refused, false)]
    [InlineData("S3.eu-central-1.AmazonAWS.com", "Amazon S3", ConditionalPut.Enforced, true)]
    [InlineData("s3.cn-north-1.amazonaws.com.cn", "Amazon S3", ConditionalPut.Enforced, true)]
    [InlineData("backblazeb2.com.example.org", "an unknown service", ConditionalPut.Unknown, false)]
    [InlineData("127.0.0.1", "an unknown service", ConditionalPut.Unknown, false)]
    public void Knows_a_service_by_its_host(string host, string service, ConditionalPut condition, bool oneWins)
    {
        var known = StoreCapabilities.Of(new Uri($"https://{host}"));

        Assert.Equal(service, known.Service);
        Assert.Equal(condition, known.ConditionalPut);
        Assert.Equal(oneWins, known.LetsOneCreatorWin);
    }

    [Theory]
    [InlineData("MinIO", "MinIO")]
    [InlineData("Ceph Object Gateway (tentacle)", "Ceph")]
    [InlineData("nginx", "an unknown service")]
    public void Knows_a_stranger_by_its_software(string software, string service)
    {
        Assert.Equal(service, StoreCapabilities.Stranger.ShownAs(software).Service);
        Assert.Equal("Amazon S3", StoreCapabilities.Amazon.ShownAs(software).Service);
    }

    [Fact]
    public void Trusts_a_stranger_with_nothing()
    {
        Assert.Equal(ReadBack.JoinedBytes, StoreCapabilities.Stranger.ReadBack);
        Assert.False(StoreCapabilities.Stranger.LetsOneCreatorWin);
        Assert.False(StoreCapabilities.Ceph.LetsOneCreatorWin);
    }
}
