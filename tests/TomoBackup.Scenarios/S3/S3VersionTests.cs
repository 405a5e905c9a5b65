using Amazon.S3;
using Amazon.S3.Model;
using TomoBackup.Storage;
using TomoBackup.Storage.S3;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.S3;

/// <summary>Locks and old versions: what somebody with the key cannot take away.</summary>
public sealed class S3VersionTests(S3Servers servers)
{
    static readonly byte[] Content = [1, 2, 3];
    static readonly byte[] Junk = [9];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Looks_through_delete_markers_and_newer_versions()
    {
        await using var bench = await S3Bench.StartAsync(servers, hasLocks: true);
        var store = bench.Open(bench.Options);
        string[] keys = ["a/1", "a/2", "a/3", "b/1", "b/10", "b/2", "kept"];

        foreach (var key in keys)
            await store.PutAsync(key, Content, Token);

        await AfterASecondAsync();
        await store.DeleteAsync(new("b/2"), Token);
        var then = await AfterASecondAsync();

        foreach (var key in keys)
            for (var version = 0; version < 3; version++)
                await PutAsync(bench, key, Junk);

        await bench.Server.Client.DeleteObjectAsync(bench.Bucket, "repository/a/a/2", Token);
        await bench.Server.Client.DeleteObjectAsync(bench.Bucket, "repository/a/b/1", Token);
        await PutAsync(bench, "new", Junk);
        var past = bench.Open(bench.Options with { AsOf = then });

        Assert.Equal(keys.Except(["b/2"]), await past.KeysAsync("", Token));
        Assert.Equal(["b/1", "b/10"], await past.KeysAsync("b/1", Token));
        Assert.Equal(["a/1", "a/3", "b/10", "b/2", "kept", "new"], await store.KeysAsync("", Token));

        foreach (var key in keys.Except(["b/2"]))
            Assert.Equal(Content, await past.GetAsync(key, Token));

        Assert.Null(await past.OpenAsync(new("b/2"), Token));
        Assert.Null(await past.OpenAsync(new("new"), Token));
        Assert.Null(await past.OpenAsync(new("b"), Token));
        Assert.Equal(Junk, await store.GetAsync("kept", Token));
    }

    [Fact]
    public async Task Writes_nothing_into_the_past()
    {
        await using var bench = await S3Bench.StartAsync(servers);
        var past = bench.Open(bench.Options with { AsOf = TimeProvider.System.GetUtcNow() });

        foreach (var act in new Func<Task>[]
        {
            () => past.PutAsync("a", Content, Token), () => past.DeleteAsync(new("a"), Token).AsTask(),
        })
            Assert.Contains("to be read only", (await Assert.ThrowsAsync<StoreException>(act)).Message);

        Assert.Empty(bench.Proxy.Requests);
    }

    [Fact]
    public async Task Locks_are_dated_by_the_service_s_clock_and_only_ever_put_off()
    {
        await using var bench = await S3Bench.StartAsync(servers, hasLocks: true);
        var span = TimeSpan.FromDays(2);
        var store = bench.Open(bench.Options with
        {
            // Our clock is a year behind; signatures are not what this service looks at.
            Time = new LateClock(TimeSpan.FromDays(365)),
            Lock = new S3ObjectLock(S3LockMode.Compliance, (_, theirs) => theirs + span),
        });
        await store.PutAsync("a", Content, Token);
        var first = await EndAsync(bench, "a");
        span = TimeSpan.FromDays(3);
        await store.RenewLockAsync(new("a"), Token);

        Assert.Equal(TimeProvider.System.GetUtcNow().AddDays(2), first, TimeSpan.FromMinutes(2));
        Assert.Equal(TimeProvider.System.GetUtcNow().AddDays(3), await EndAsync(bench, "a"), TimeSpan.FromMinutes(2));
        var versions = await bench.Server.Client.ListVersionsAsync(bench.Bucket, Token);
        var version = Assert.Single(versions.Versions);
        await Assert.ThrowsAsync<AmazonS3Exception>(() => bench.Server.Client.DeleteObjectAsync(
            bench.Bucket, version.Key, version.VersionId, Token));
    }

    static async Task<DateTimeOffset> EndAsync(S3Bench bench, string key)
        => (await bench.Server.Client.GetObjectMetadataAsync(bench.Bucket, $"repository/a/{key}", Token))
            .ObjectLockRetainUntilDate!.Value.ToUniversalTime();

    static Task<PutObjectResponse> PutAsync(S3Bench bench, string key, byte[] content)
        => bench.Server.Client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = bench.Bucket,
                Key = $"repository/a/{key}",
                InputStream = new MemoryStream(content),
            },
            Token);

    // Services note times to the second.
    static async Task<DateTimeOffset> AfterASecondAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(1.1), Token);
        var then = TimeProvider.System.GetUtcNow();
        await Task.Delay(TimeSpan.FromSeconds(1.1), Token);
        return then;
    }

    sealed class LateClock(TimeSpan behind) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - behind;
    }
}
