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

    protected override IObjectStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        var server = await servers.GatewayAsync();
        _store = S3Store.Open(server.OptionsFor(await server.NewBucketAsync()) with
        {
            Capabilities = StoreCapabilities.Ceph,
            PartBytes = 8 << 20,
        });
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
