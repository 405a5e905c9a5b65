using TomoBackup.Storage;
using TomoBackup.Storage.S3;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.S3;

/// <summary>A service that checks signatures and checksums, and passes over conditions. Objects stay below the part
/// size here: what it makes of parts is <see cref="S3DamageTests"/>'s.</summary>
public sealed class S3OverGatewayTests(S3Servers servers) : ObjectStoreConformance, IAsyncLifetime
{
    S3Store _store = null!;
    string _bucket = "";

    protected override IObjectStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        var server = await servers.GatewayAsync();
        _bucket = await server.NewBucketAsync();
        _store = S3Store.Open(server.OptionsFor(_bucket) with
        {
            Capabilities = StoreCapabilities.Ceph,
            PartBytes = 8 << 20,
        });
    }

    /// <summary>This backend answers any range with the object's beginning, whoever asks. Nothing can be restored from
    /// it, which a probe says (<see cref="S3ProbeTests"/>); when this test fails, it has been mended.</summary>
    [Fact]
    public override async Task Reads_ranges()
    {
        var content = Noise.Of(1000);
        await Store.PutAsync("a", content, Token);
        var server = await servers.GatewayAsync();

        using var answer = await server.Client.GetObjectAsync(
            new() { BucketName = _bucket, Key = "repository/a/a", ByteRange = new(500, 509) }, Token);
        var range = new byte[10];
        await answer.ResponseStream.ReadExactlyAsync(range, Token);

        Assert.Equal(content[..10], range);
        Assert.Equal("bytes 500-509/1000", answer.ContentRange);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
