using Amazon.S3.Model;
using TomoBackup.Storage.S3;
using TomoBackup.Testing.S3;

namespace TomoBackup.Scenarios.S3;

/// <summary>A bucket of moto's, a store that reaches it through a proxy that makes trouble, and a direct look at what
/// came of it.</summary>
sealed class S3Bench : IAsyncDisposable
{
    // Long enough for a server on a busy machine to answer in.
    static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    readonly List<S3Store> _stores = [];

    S3Bench(S3Server server, string bucket)
    {
        (Server, Bucket) = (server, bucket);
        Proxy = new FaultProxy(server.Endpoint, TimeProvider.System);
        Options = server.OptionsFor(bucket) with { Endpoint = Proxy.Endpoint, Capabilities = StoreCapabilities.Amazon };
        Impatient = Options with { Retry = Options.Retry with { StallTime = Short, Attempts = 7 } };
        Brief = Options with { Retry = Options.Retry with { StallTime = Short, Attempts = 2 } };
    }

    public S3Server Server { get; }

    public string Bucket { get; }

    public FaultProxy Proxy { get; }

    /// <summary>Of a store behind the proxy, at a service that lets one creator win.</summary>
    public S3Options Options { get; }

    /// <summary>The same, for tests in which nothing moves for a while.</summary>
    public S3Options Impatient { get; }

    /// <summary>The same, for tests in which nothing moves at all.</summary>
    public S3Options Brief { get; }

    public static async Task<S3Bench> StartAsync(S3Servers servers, bool hasLocks = false)
    {
        var server = await servers.MotoAsync();
        return new S3Bench(server, await server.NewBucketAsync(hasLocks));
    }

    public S3Store Open(S3Options options)
    {
        var store = S3Store.Open(options);
        _stores.Add(store);
        return store;
    }

    /// <summary>The keys that really are in the bucket.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync()
    {
        var answer = await Server.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket });
        return [.. (answer.S3Objects ?? []).Select(found => found.Key["repository/a/".Length..])];
    }

    /// <summary>What really stands under a key.</summary>
    public async Task<byte[]> BytesAsync(string key)
    {
        using var answer = await Server.Client.GetObjectAsync(Bucket, $"repository/a/{key}");
        using var bytes = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>Uploads that nobody finished.</summary>
    public async Task<int> UnfinishedAsync()
        => ((await Server.Client.ListMultipartUploadsAsync(Bucket)).MultipartUploads ?? []).Count;

    public int Count(Func<SeenRequest, bool> kind) => Proxy.Requests.Count(kind);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();

        await Proxy.DisposeAsync();
    }
}
