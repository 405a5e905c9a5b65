using Microsoft.Extensions.Time.Testing;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Storage;

public sealed class LocalStoreTests : DirectoryConformance, IAsyncDisposable
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;

    readonly TemporaryFolder _folder = new();
    readonly LocalStore _store;

    public LocalStoreTests()
    {
        LocalStore.Initialize(Files, Root, new());
        _store = LocalStore.Open(Files, Root, new());
    }

    protected override IObjectStore Store => _store;

    string Root => _folder["repository"];

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Makes_files_and_folders_for_the_owner_alone()
    {
        await Store.PutAsync("a/b", new byte[1], Token);

        Assert.Equal(OwnerOnly, Files.Stat($"{Root}/a/b")!.Mode);
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, Files.Stat($"{Root}/a")!.Mode);
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, Files.Stat(Root)!.Mode);
    }

    [Fact]
    public void Never_creates_a_missing_root()
    {
        var failure = Assert.Throws<StoreException>(() => LocalStore.Open(Files, _folder["lost"], new()));

        Assert.Equal(StoreFailure.Missing, failure.Failure);
        Assert.Equal($"store 'file://{_folder["lost"]}': there is no such directory", failure.Message);
        Assert.Null(Files.Stat(_folder["lost"]));
    }

    [Fact]
    public async Task Never_answers_absent_when_its_root_went_away()
    {
        await Store.PutAsync("a", new byte[1], Token);
        Assert.True(Files.TryRename(Root, _folder["moved"]));

        foreach (var call in Calls())
            Assert.Equal(StoreFailure.Missing, (await Assert.ThrowsAsync<StoreException>(call)).Failure);

        Assert.Null(Files.Stat(Root));
    }

    [Fact]
    public async Task Never_answers_absent_when_another_directory_stands_in_its_place()
    {
        await Store.PutAsync("a", new byte[1], Token);
        Files.TryRename(Root, _folder["moved"]);
        LocalStore.Initialize(Files, Root, new());

        foreach (var call in Calls())
            Assert.Equal(StoreFailure.Unreachable, (await Assert.ThrowsAsync<StoreException>(call)).Failure);

        Assert.Empty(Files.List(Root));
    }

    [Fact]
    public async Task Works_below_a_root_that_is_a_link()
    {
        Files.CreateSymbolicLink(_folder["link"], Root);
        await using var store = LocalStore.Open(Files, _folder["link"] + "/", new());

        await store.PutAsync("a/b", new byte[1], Token);

        Assert.Equal(["a/b"], await store.KeysAsync("", Token));
        Assert.Equal(["a/b"], await Store.KeysAsync("", Token));
    }

    [Fact]
    public async Task Refuses_to_leave_its_root_through_a_link()
    {
        await Store.PutAsync("inside/x", new byte[1], Token);
        Files.CreateDirectory(_folder["outside"], OwnerOnly | UnixFileMode.UserExecute);
        Files.WriteNew(_folder["outside/x"], [1], OwnerOnly);
        Files.CreateSymbolicLink($"{Root}/linked", _folder["outside"]);
        Files.CreateSymbolicLink($"{Root}/file", _folder["outside/x"]);

        Func<Task>[] calls =
        [
            () => Store.GetAsync("linked/x", Token),
            () => Store.GetAsync("file", Token),
            () => Store.PutAsync("linked/y", new byte[1], Token),
            () => Store.DeleteAsync(new("linked/x"), Token).AsTask(),
            () => Store.KeysAsync("linked/", Token),
        ];

        foreach (var call in calls)
            Assert.Equal(StoreFailure.Damaged, (await Assert.ThrowsAsync<StoreException>(call)).Failure);

        Assert.Equal(["inside/x"], await Store.KeysAsync("", Token));
        Assert.Equal(["x"], Files.List(_folder["outside"]).Select(entry => entry.Name));
    }

    [Fact]
    public async Task Passes_over_files_that_are_no_objects()
    {
        await Store.PutAsync("a/b", new byte[1], Token);
        Files.WriteNew($"{Root}/a/.b.swp", [1], OwnerOnly);
        Files.WriteNew($"{Root}/a/b~", [1], OwnerOnly);
        Files.CreateDirectory($"{Root}/lost+found", UnixFileMode.None);

        Assert.Equal(["a/b"], await Store.KeysAsync("", Token));
    }

    [Fact]
    public async Task Sweeps_what_killed_writers_left_but_nothing_young()
    {
        await Store.PutAsync("kept", new byte[1], Token);
        var writer = await Store.CreateAsync(new("a"), Token);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());

        Assert.Equal(0, await _store.SweepAsync(TimeSpan.FromHours(1), clock, Token));
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, await _store.SweepAsync(TimeSpan.FromHours(1), clock, Token));

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await writer.CommitAsync(Token));
        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        Assert.Equal(["kept"], await Store.KeysAsync("", Token));
    }

    Func<Task>[] Calls() =>
    [
        () => Store.GetAsync("a", Token),
        () => Store.PutAsync("b", new byte[1], Token),
        () => Store.KeysAsync("", Token),
        () => Store.KeysAsync("a/", Token),
        () => Store.DeleteAsync(new("a"), Token).AsTask(),
    ];
}
