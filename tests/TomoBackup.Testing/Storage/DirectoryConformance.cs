using TomoBackup.Storage;
using Xunit;

namespace TomoBackup.Testing.Storage;

/// <summary>What a store of directories promises besides. A bucket cannot: it knows no directories, and whether it
/// tells creators apart is up to its service.</summary>
public abstract class DirectoryConformance : ObjectStoreConformance
{
    [Fact]
    public Task Lets_one_of_many_creators_win() => CreatorRace.RunAsync(Store, rounds: 25, Token);

    [Fact]
    public async Task Refuses_an_object_above_or_below_another()
    {
        await Store.PutAsync("a/b", new byte[1], Token);

        foreach (var clash in new[] { "a", "a/b/c" })
        {
            var failure = await Assert.ThrowsAsync<StoreException>(() => Store.PutAsync(clash, new byte[1], Token));
            Assert.Equal(StoreFailure.Damaged, failure.Failure);
        }

        Assert.Equal(["a/b"], await Store.KeysAsync("", Token));
    }
}
