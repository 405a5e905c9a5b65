using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using TomoBackup.Storage;
using TomoBackup.Storage.Rclone;
using TomoBackup.Testing.Rclone;
using TomoBackup.Testing.Ssh;
using TomoBackup.Testing.Storage;
using TomoBackup.Scenarios.Sftp;

namespace TomoBackup.Scenarios.Rclone;

/// <summary>Remotes that go away, stall, fill up or bring back other bytes; an rclone that dies.</summary>
public sealed class RcloneFaultTests(SshServerFixture fixture) : IClassFixture<SshServerFixture>, IAsyncLifetime
{
    const int LargeBytes = 24 << 20;
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;

    readonly string _name = $"store-{Guid.NewGuid():N}";
    TcpGate _gate = null!;
    TestRclone _rclone = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gate = new TcpGate(fixture.Server.Port);
        _rclone = await TestRclone.CreateAsync(fixture.Server, _gate);
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.DisposeAsync();
        Assert.Empty(_rclone.Processes());
        _rclone.Dispose();
    }

    [Fact]
    public async Task Never_answers_absent_when_its_root_went_away()
    {
        await using var store = await OpenAsync(Local);
        await store.PutAsync("a", new byte[1], Token);
        Files.TryRename(_rclone[_name], _rclone["moved"]);

        foreach (var call in Calls(store))
            Assert.Equal(StoreFailure.Missing, (await Assert.ThrowsAsync<StoreException>(call)).Failure);

        Assert.Null(Files.Stat(_rclone[_name]));
    }

    [Fact]
    public async Task Never_answers_absent_when_the_server_behind_it_is_gone()
    {
        await using var server = await TestSshServer.StartAsync();
        using var rclone = await TestRclone.CreateAsync(server);
        await using var store = await RcloneStore.OpenAsync(
            Files, rclone.AddressOf("crypt-server", _name), Impatient(rclone), TimeProvider.System, true, Token);
        await store.PutAsync("a", new byte[1], Token);
        await server.KillAsync();

        // A few, for each takes as long as rclone tries.
        foreach (var call in Calls(store).Where((_, n) => n is 1 or 2 or 3))
            Assert.Equal(StoreFailure.Unreachable, (await Assert.ThrowsAsync<StoreException>(call)).Failure);
    }

    [Fact]
    public async Task Says_that_a_folder_is_closed_to_it()
    {
        await using var store = await OpenAsync(Local);
        await store.PutAsync("a/b", new byte[1], Token);
        Files.SetMode(_rclone[$"{_name}/a"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Func<Task>[] calls =
            [() => store.PutAsync("a/c", new byte[1], Token), () => store.DeleteAsync(new("a/b"), Token).AsTask()];

        foreach (var call in calls)
            Assert.Equal(StoreFailure.Denied, (await Assert.ThrowsAsync<StoreException>(call)).Failure);

        Files.SetMode(_rclone[$"{_name}/a"], OwnerOnly);
    }

    [Fact]
    public async Task A_full_disk_is_told_apart()
    {
        _rclone.MakeFolder("small");
        var options = _rclone.Options with { Program = _rclone.ScriptWithSmallDisk("small", megabytes: 4) };
        await using var store = await RcloneStore.OpenAsync(
            Files, _rclone.AddressOf("local", _rclone["small/store"]), options, TimeProvider.System, true, Token);
        await store.PutAsync("kept", new byte[1000], Token);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", new byte[LargeBytes], Token));

        Assert.Equal(StoreFailure.Full, failure.Failure);
        Assert.Equal(["kept"], await store.KeysAsync("", Token));
        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("b", new byte[1000], Token));
    }

    [Fact]
    public async Task Bytes_that_cannot_be_decrypted_are_damage_and_never_served()
    {
        await using var store = await OpenAsync(_rclone.AddressOf("crypt", _name));
        await store.PutAsync("a", new byte[300_000], Token);
        var file = Assert.Single(
            Directory.EnumerateFiles(_rclone["data/crypt"], "*", SearchOption.AllDirectories));

        using (var handle = File.OpenHandle(file, access: FileAccess.Write))
            RandomAccess.Write(handle, "other bytes"u8, 100_000);

        await using var reader = await store.OpenAsync(new("a"), Token);
        var failure = await Assert.ThrowsAsync<StoreException>(
            async () => await reader!.ReadAsync(0, new byte[300_000], Token));
        Assert.Equal(StoreFailure.Damaged, failure.Failure);
        Assert.Contains("failed to authenticate decrypted block", failure.Message);

        var untouched = new byte[1000];
        await reader!.ReadAsync(200_000, untouched, Token);
    }

    [Fact]
    public async Task An_object_that_shrank_or_went_away_while_it_is_read_is_damage()
    {
        await using var store = await OpenAsync(Local);
        await store.PutAsync("a", new byte[1000], Token);
        await using var reader = await store.OpenAsync(new("a"), Token);

        File.WriteAllBytes(_rclone[$"{_name}/a"], new byte[100]);
        Assert.Equal(StoreFailure.Damaged, await FailureOfReadAsync(0, 1000));
        Assert.Equal(StoreFailure.Damaged, await FailureOfReadAsync(500, 10));

        File.Delete(_rclone[$"{_name}/a"]);
        Assert.Equal(StoreFailure.Damaged, await FailureOfReadAsync(0, 10));

        async Task<StoreFailure> FailureOfReadAsync(long offset, int length)
            => (await Assert.ThrowsAsync<StoreException>(
                async () => await reader!.ReadAsync(offset, new byte[length], Token))).Failure;
    }

    [Theory]
    [InlineData(GateFault.Cut)]
    [InlineData(GateFault.Stall)]
    public async Task An_upload_through_a_link_that_breaks_or_stalls_fails_and_shows_nothing(GateFault fault)
    {
        var bytes = new byte[LargeBytes];
        new Random(1).NextBytes(bytes);

        await using (var store = await OpenThroughGateAsync())
        {
            _gate.After(LargeBytes / 3, fault);
            var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", bytes, Token));
            Assert.Equal(StoreFailure.Unreachable, failure.Failure);
            _gate.CutAll();
        }

        // rclone pauses longer and longer after failures, a new one does not.
        await using var again = await OpenThroughGateAsync();
        Assert.Null(await again.OpenAsync(new("a"), Token));
        Assert.Equal(CommitOutcome.Stored, await again.PutAsync("a", bytes, Token));
        Assert.Equal(bytes, await again.GetAsync("a", Token));
    }

    [Fact]
    public async Task A_read_through_a_link_that_stalls_fails_in_time()
    {
        await using var store = await OpenThroughGateAsync();
        await store.PutAsync("a", new byte[LargeBytes], Token);

        _gate.After(LargeBytes / 3, GateFault.Stall);
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.GetAsync("a", Token));

        Assert.Equal(StoreFailure.Unreachable, failure.Failure);
        _gate.CutAll();
    }

    [Fact]
    public async Task An_rclone_that_dies_in_an_upload_shows_nothing()
    {
        await using (var store = await OpenThroughGateAsync())
        {
            _gate.After(LargeBytes / 3, GateFault.Stall);
            var put = store.PutAsync("a", new byte[LargeBytes], Token);

            while (!_gate.HasStruck)
                await Task.Delay(10, Token);

            Process.GetProcessById(Assert.Single(_rclone.Processes())).Kill();
            var failure = await Assert.ThrowsAsync<StoreException>(() => put);

            Assert.Equal(StoreFailure.Unreachable, failure.Failure);
            Assert.EndsWith("rclone has ended", failure.Message, StringComparison.Ordinal);
            _gate.CutAll();
        }

        await using var again = await OpenThroughGateAsync();
        Assert.Empty(await again.KeysAsync("", Token));
        Assert.Equal(CommitOutcome.Stored, await again.PutAsync("a", new byte[1], Token));
    }

    [Fact]
    public async Task An_rclone_that_hangs_is_given_up_in_time()
    {
        await using var store = await OpenAsync(Local, Impatient(_rclone));
        await store.PutAsync("a", new byte[1], Token);
        var process = Assert.Single(_rclone.Processes());

        using (Signal("-STOP", process))
        {
            var failure = await Assert.ThrowsAsync<StoreException>(() => store.GetAsync("a", Token));
            Assert.Equal(StoreFailure.Unreachable, failure.Failure);
            Assert.EndsWith("rclone does not get on", failure.Message, StringComparison.Ordinal);
        }

        Signal("-CONT", process).Dispose();
        Assert.Equal(new byte[1], await OnceItAnswersAsync(() => store.GetAsync("a", Token)));
    }

    [Fact]
    public async Task Sweeps_what_killed_writers_left_but_nothing_young()
    {
        await using var store = await OpenAsync(Local);
        await store.PutAsync("kept", new byte[1], Token);
        Directory.CreateDirectory(_rclone[$"{_name}/.incoming"]);
        File.WriteAllBytes(_rclone[$"{_name}/.incoming/.tmp-1.0f3a.partial"], new byte[1]);
        File.WriteAllBytes(_rclone[$"{_name}/.incoming/not-ours"], new byte[1]);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());

        Assert.Equal(0, await store.SweepAsync(TimeSpan.FromHours(1), clock, Token));
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, await store.SweepAsync(TimeSpan.FromHours(1), clock, Token));
        Assert.Equal(["not-ours"], Files.List(_rclone[$"{_name}/.incoming"]).Select(file => file.Name));
    }

    StoreAddress Local => _rclone.AddressOf("local", _rclone[_name]);

    Func<Task>[] Calls(RcloneStore store) =>
    [
        () => store.GetAsync("a", Token),
        () => store.GetAsync("x/y", Token),
        () => store.PutAsync("b", new byte[1], Token),
        () => store.KeysAsync("", Token),
        () => store.KeysAsync("a/", Token),
        () => store.DeleteAsync(new("a"), Token).AsTask(),
    ];

    // A busy machine may take longer than an impatient store waits.
    static async Task<T> OnceItAnswersAsync<T>(Func<Task<T>> ask)
    {
        for (var left = 20; ; left--)
            try
            {
                return await ask();
            }
            catch (StoreException e) when (e.Failure == StoreFailure.Unreachable && left > 0)
            {
            }
    }

    static Process Signal(string signal, int process)
    {
        var sent = Process.Start("kill", [signal, $"{process}"]);
        sent.WaitForExit();
        return sent;
    }

    static RcloneStoreOptions Impatient(TestRclone rclone)
        => rclone.Options with { NoProgressTimeout = TimeSpan.FromSeconds(1) };

    Task<RcloneStore> OpenAsync(StoreAddress address, RcloneStoreOptions? options = null)
        => RcloneStore.OpenAsync(
            Files, address, options ?? _rclone.Options, TimeProvider.System, isNew: true, Token);

    Task<RcloneStore> OpenThroughGateAsync()
        => OpenAsync(_rclone.AddressOf("crypt-server", _name), Impatient(_rclone));
}
