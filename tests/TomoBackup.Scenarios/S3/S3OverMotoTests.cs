using TomoBackup.Storage;
using TomoBackup.Storage.S3;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.S3;

/// <summary>A service that enforces conditional puts.</summary>
public sealed class S3OverMotoTests(S3Servers servers) : ObjectStoreConformance, IAsyncLifetime
{
    S3Store _store = null!;

    protected override IObjectStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        var server = await servers.MotoAsync();
        _store = S3Store.Open(server.OptionsFor(await server.NewBucketAsync()) with
        {
            Capabilities = StoreCapabilities.Amazon,
        });
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>Where a directory would refuse: callers may not rely on either.</summary>
    [Fact]
    public async Task Keeps_an_object_above_another()
    {
        await Store.PutAsync("a/b", new byte[1], Token);

        Assert.Equal(CommitOutcome.Stored, await Store.PutAsync("a", new byte[2], Token));
        Assert.Equal(["a", "a/b"], await Store.KeysAsync("", Token));
    }

    [Fact]
    public Task Lets_one_of_many_creators_win() => CreatorRace.RunAsync(Store, rounds: 10, Token);
}
