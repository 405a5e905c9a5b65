using TomoBackup.Storage.S3;

namespace TomoBackup.Tests.Storage.S3;

public sealed class S3DigestTests
{
    [Fact]
    public void Names_an_object_of_one_request_as_the_service_does()
        => Assert.Equal("900150983cd24fb0d6963f7d28e17f72", StoredContent.Whole(3, ContentDigest.Of("abc"u8)).Tag);

    // printf abc | openssl md5 -binary, twice, and openssl md5 of that
    [Fact]
    public void Names_an_object_of_parts_as_the_service_does()
    {
        var digest = ContentDigest.Of("abc"u8);
        var content = StoredContent.Joined([new(1, 3, digest, "x"), new(2, 3, digest, "y")]);

        Assert.Equal("043a916d6cfeecedf5e04f0312ba762d-2", content.Tag);
        Assert.Equal(6, content.Length);
    }
}
