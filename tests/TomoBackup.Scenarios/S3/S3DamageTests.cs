using TomoBackup.Storage;
using TomoBackup.Storage.S3;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.S3;

/// <summary>A gateway that joins parts wrongly and says that all is well.</summary>
public sealed class S3DamageTests(S3Servers servers)
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finds_by_reading_back_that_parts_were_joined_wrongly()
    {
        var server = await servers.GatewayAsync();
        await using var store = S3Store.Open(server.OptionsFor(await server.NewBucketAsync()) with
        {
            Capabilities = StoreCapabilities.Ceph,
        });

        var failure = await Assert.ThrowsAsync<StoreException>(
            () => store.PutAsync("a", Noise.Of(10 << 20), Token));

        Assert.Equal(StoreFailure.Damaged, failure.Failure);
        Assert.Equal(
            $"store '{store.Address}': 'a' came out other than it was sent, and was removed", failure.Message);
        Assert.Empty(await store.KeysAsync("", Token));
    }
}
