using Microsoft.Extensions.Time.Testing;
using TomoBackup.Storage;
using TomoBackup.Storage.Sftp;
using TomoBackup.Testing.Ssh;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.Sftp;

/// <summary>Servers that die, links that break or stall, disks that fill up.</summary>
public sealed class SftpFaultTests : IAsyncLifetime
{
    const int LargeBytes = 24 << 20;

    static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;

    TestSshServer _server = null!;
    TcpGate _gate = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestSshServer.StartAsync();
        _gate = new TcpGate(_server.Port);
        await SftpStore.InitializeAsync(Files, _server.AddressOf("store"), _server.Options, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_new_store_is_for_its_owner_alone()
        => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            Files.Stat(_server["store"])!.Mode);

    [Fact]
    public async Task Never_creates_a_missing_root()
    {
        var address = _server.AddressOf("lost");
        var failure = await Assert.ThrowsAsync<StoreException>(
            () => SftpStore.OpenAsync(Files, address, _server.Options, Token));

        Assert.Equal(StoreFailure.Missing, failure.Failure);
        Assert.Equal($"store '{address}': there is no such directory", failure.Message);
        Assert.Null(Files.Stat(_server["lost"]));
    }

    [Fact]
    public async Task Never_answers_absent_when_its_root_went_away()
    {
        await using var store = await OpenAsync();
        await store.PutAsync("a", new byte[1], Token);
        Files.TryRename(_server["store"], _server["moved"]);

        foreach (var call in Calls(store))
            Assert.Equal(StoreFailure.Missing, (await Assert.ThrowsAsync<StoreException>(call)).Failure);

        Assert.Null(Files.Stat(_server["store"]));
    }

    [Fact]
    public async Task Never_answers_absent_when_the_server_is_gone()
    {
        await using var store = await OpenAsync();
        await store.PutAsync("a", new byte[1], Token);
        await _server.KillAsync();

        foreach (var call in Calls(store))
            Assert.Equal(StoreFailure.Unreachable, (await Assert.ThrowsAsync<StoreException>(call)).Failure);
    }

    [Fact]
    public async Task Says_that_a_folder_is_closed_to_it()
    {
        await using var store = await OpenAsync();
        await store.PutAsync("a/b", new byte[1], Token);
        Files.SetMode(_server["store/a"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Func<Task>[] calls =
            [() => store.PutAsync("a/c", new byte[1], Token), () => store.DeleteAsync(new("a/b"), Token).AsTask()];

        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<StoreException>(call);
            Assert.Equal(StoreFailure.Denied, failure.Failure);
            Assert.EndsWith(": permission denied", failure.Message, StringComparison.Ordinal);
        }

        Files.SetMode(_server["store/a"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Connects_again_when_an_idle_connection_was_dropped()
    {
        await using var store = await OpenThroughGateAsync(TimeSpan.FromSeconds(30));
        await store.PutAsync("a", new byte[] { 1 }, Token);
        await using var reader = await store.OpenAsync(new("a"), Token);
        var bytes = new byte[1];
        await reader!.ReadAsync(0, bytes, Token);

        _gate.CutAll();

        await reader.ReadAsync(0, bytes, Token);
        Assert.Equal(1, bytes[0]);
        Assert.Equal(["a"], await store.KeysAsync("", Token));
        Assert.Equal(2, _gate.Connections);
    }

    [Fact]
    public async Task Does_many_things_at_once_over_one_connection()
    {
        await using var store = await OpenThroughGateAsync(TimeSpan.FromSeconds(30));

        await Parallel.ForEachAsync(Enumerable.Range(0, 16), Token, async (n, token) =>
        {
            var bytes = Enumerable.Repeat((byte)n, 1_000_000 + n).ToArray();
            await store.PutAsync($"many/{n}", bytes, token);
            Assert.Equal(bytes, await store.GetAsync($"many/{n}", token));
        });

        Assert.Equal(16, (await store.KeysAsync("many/", Token)).Count);
        Assert.Equal(1, _gate.Connections);
    }

    [Theory]
    [InlineData(GateFault.Cut)]
    [InlineData(GateFault.Stall)]
    public async Task An_upload_that_is_cut_off_or_stalls_fails_and_shows_nothing(GateFault fault)
    {
        await using (var store = await OpenThroughGateAsync(TimeSpan.FromSeconds(1)))
        {
            _gate.After(LargeBytes / 3, fault);
            var failure = await Assert.ThrowsAsync<StoreException>(
                () => store.PutAsync("a", new byte[LargeBytes], Token));

            Assert.Equal(StoreFailure.Unreachable, failure.Failure);
            Assert.StartsWith($"store '{store.Address}': unable to write 'a': ", failure.Message);
            _gate.CutAll();

            Assert.Null(await store.OpenAsync(new("a"), Token));
            Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", new byte[] { 7 }, Token));
            Assert.Equal([7], await store.GetAsync("a", Token));
        }
    }

    [Fact]
    public async Task A_read_that_is_cut_off_is_done_again()
    {
        await using var store = await OpenThroughGateAsync(TimeSpan.FromSeconds(30));
        var bytes = new byte[LargeBytes];
        new Random(1).NextBytes(bytes);
        await store.PutAsync("a", bytes, Token);

        _gate.After(LargeBytes / 3, GateFault.Cut);

        Assert.Equal(bytes, await store.GetAsync("a", Token));
        Assert.Equal(2, _gate.Connections);
    }

    [Fact]
    public async Task A_read_that_stalls_fails_in_time()
    {
        await using var store = await OpenThroughGateAsync(TimeSpan.FromSeconds(1));
        await store.PutAsync("a", new byte[LargeBytes], Token);

        _gate.After(LargeBytes / 3, GateFault.Stall);
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.GetAsync("a", Token));

        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        Assert.EndsWith("unable to read 'a': the server does not answer in time", failure.Message);
        _gate.CutAll();
    }

    [Fact]
    public async Task A_server_that_takes_the_connection_and_says_nothing_is_given_up_in_time()
    {
        _gate.After(0, GateFault.Stall);
        var failure = await Assert.ThrowsAsync<StoreException>(() => OpenThroughGateAsync(TimeSpan.FromSeconds(1)));

        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        Assert.EndsWith("unable to log in: the server does not answer in time", failure.Message);
    }

    [Fact]
    public async Task A_server_that_dies_in_an_upload_and_comes_back_shows_nothing_and_serves_again()
    {
        await using var store = await OpenAsync();
        await store.PutAsync("kept", new byte[] { 1 }, Token);
        var writer = await store.CreateAsync(new("a"), Token);
        await writer.WriteAsync(new byte[LargeBytes], Token);
        await _server.KillAsync();

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await writer.CommitAsync(Token));
        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        await writer.DisposeAsync();
        await _server.StartAgainAsync();

        Assert.Equal(["kept"], await store.KeysAsync("", Token));
        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", new byte[1], Token));
    }

    [Fact]
    public async Task Sweeps_what_killed_writers_left_but_nothing_young()
    {
        await using var store = await OpenAsync();
        var writer = await store.CreateAsync(new("a"), Token);
        await writer.WriteAsync(new byte[LargeBytes], Token);
        await _server.KillAsync();
        await writer.DisposeAsync();
        await _server.StartAgainAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());

        Assert.Equal(0, await store.SweepAsync(TimeSpan.FromHours(1), clock, Token));
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, await store.SweepAsync(TimeSpan.FromHours(1), clock, Token));
        Assert.Empty(Files.List(_server["store/.incoming"]));
    }

    [Fact]
    public async Task A_commit_that_the_server_cannot_sync_is_no_commit()
    {
        await using var store = await OpenAsync();
        Assert.True(store.Guarantees.IsDurable);
        await _server.KillAsync();
        await _server.StartAgainAsync("-P fsync");

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", new byte[1], Token));

        Assert.Equal(StoreFailure.Denied, failure.Failure);
        Assert.Null(Files.Stat(_server["store/a"]));
    }

    [Fact]
    public async Task Says_so_when_a_server_never_syncs()
    {
        await _server.KillAsync();
        await _server.StartAgainAsync("-P fsync");
        await using var store = await OpenAsync();

        Assert.False(store.Guarantees.IsDurable);
        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", new byte[1], Token));
    }

    [Fact]
    public async Task A_full_disk_of_the_server_is_told_apart()
    {
        await using var server = await TestSshServer.StartWithSmallDiskAsync(megabytes: 8);
        await SftpStore.InitializeAsync(Files, server.AddressOf("small/store"), server.Options, Token);
        await using var store = await SftpStore.OpenAsync(
            Files, server.AddressOf("small/store"), server.Options, Token);
        await store.PutAsync("kept", new byte[1000], Token);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", new byte[LargeBytes], Token));

        Assert.Equal(StoreFailure.Full, failure.Failure);
        Assert.Equal(["kept"], await store.KeysAsync("", Token));
        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("b", new byte[1000], Token));
    }

    Func<Task>[] Calls(SftpStore store) =>
    [
        () => store.GetAsync("a", Token),
        () => store.GetAsync("x/y", Token),
        () => store.PutAsync("b", new byte[1], Token),
        () => store.KeysAsync("", Token),
        () => store.KeysAsync("a/", Token),
        () => store.DeleteAsync(new("a"), Token).AsTask(),
    ];

    Task<SftpStore> OpenAsync() => SftpStore.OpenAsync(Files, _server.AddressOf("store"), _server.Options, Token);

    Task<SftpStore> OpenThroughGateAsync(TimeSpan patience)
        => SftpStore.OpenAsync(
            Files,
            _server.AddressOf("store", _gate),
            _server.OptionsThrough(_gate) with { ConnectTimeout = patience, NoProgressTimeout = patience },
            Token);
}
