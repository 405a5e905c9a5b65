using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Storage;

/// <summary>The rig itself: a harness that cannot fail proves nothing.</summary>
public sealed class FaultPlanTests : IAsyncDisposable
{
    readonly MemoryObjectStore _inner = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    [Fact]
    public async Task Counts_and_names_each_operation()
    {
        var plan = FaultPlan.Count();
        var store = new FaultyObjectStore(_inner, plan);

        await store.PutAsync("a", new byte[1], Token);
        await store.GetAsync("a", Token);
        await store.KeysAsync("", Token);
        await store.DeleteAsync(new("a"), Token);

        Assert.Equal(
            ["create a", "write a", "commit a", "open a", "read a at 0", "list ", "list  up to a", "delete a"],
            plan.Log);
        Assert.Null(plan.Struck);
    }

    [Fact]
    public async Task Fails_once_with_the_chosen_kind()
    {
        var plan = FaultPlan.At(3, FaultKind.FailOnce, StoreFailure.Full);
        var store = new FaultyObjectStore(_inner, plan);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", new byte[1], Token));

        Assert.Equal(StoreFailure.Full, failure.Failure);
        Assert.Equal("operation 3: commit a", plan.Struck);
        Assert.Empty(_inner.Keys);
        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", new byte[1], Token));
    }

    [Fact]
    public async Task Fails_from_there_on()
    {
        var store = new FaultyObjectStore(_inner, FaultPlan.At(4, FaultKind.FailFromThere));
        await store.PutAsync("a", new byte[1], Token);

        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<StoreException>(() => store.GetAsync("a", Token));
    }

    [Fact]
    public async Task Loses_the_reply_to_a_commit_that_was_done()
    {
        var store = new FaultyObjectStore(_inner, FaultPlan.At(3, FaultKind.LoseReply));

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", new byte[] { 7 }, Token));

        Assert.True(failure.IsTransient);
        Assert.Equal([7], _inner.Peek(new("a"))!);
        Assert.Equal(CommitOutcome.AlreadyExists, await store.PutAsync("a", new byte[] { 7 }, Token));
    }

    [Fact]
    public async Task Lets_nothing_happen_after_a_crash_not_even_cleanup()
    {
        using var folder = new TemporaryFolder();
        var files = PhysicalFileSystem.Instance;
        LocalStore.Initialize(files, folder["r"], new());
        var plan = FaultPlan.At(2, FaultKind.Crash);
        var store = new FaultyObjectStore(LocalStore.Open(files, folder["r"], new()), plan);

        var first = await Assert.ThrowsAsync<SimulatedCrashException>(() => store.PutAsync("a", new byte[1], Token));
        var second = await Assert.ThrowsAsync<SimulatedCrashException>(() => store.GetAsync("a", Token));

        Assert.True(first.IsFirst);
        Assert.False(second.IsFirst);
        Assert.Single(files.List(folder["r/.incoming"]));
    }

    [Fact]
    public void Tears_a_write_in_half_when_it_dies_there()
    {
        using var folder = new TemporaryFolder();
        var files = new FaultyFileSystem(PhysicalFileSystem.Instance, FaultPlan.At(2, FaultKind.Crash));

        Assert.Throws<SimulatedCrashException>(
            () => files.WriteNew(folder["a"], [1, 2, 3, 4], UnixFileMode.UserRead));

        var torn = Assert.Single(PhysicalFileSystem.Instance.List(folder.Path));
        Assert.StartsWith(".tmp-", torn.Name, StringComparison.Ordinal);
        Assert.Equal(2, torn.Length);
    }
}
