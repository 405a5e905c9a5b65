using TomoBackup.Storage;
using TomoBackup.Storage.Sftp;
using TomoBackup.Testing.Ssh;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.Sftp;

/// <summary>One OpenSSH server for all tests of a class; each has its own folder.</summary>
public sealed class SshServerFixture : IAsyncLifetime
{
    public TestSshServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestSshServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

public sealed class SftpStoreTests(SshServerFixture fixture)
    : DirectoryConformance, IClassFixture<SshServerFixture>, IAsyncLifetime
{
    static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;

    readonly string _name = $"store-{Guid.NewGuid():N}";
    SftpStore _store = null!;

    protected override IObjectStore Store => _store;

    TestSshServer Server => fixture.Server;

    string Root => Server[_name];

    public async ValueTask InitializeAsync()
    {
        await SftpStore.InitializeAsync(Files, Server.AddressOf(_name), Server.Options, Token);
        _store = await OpenAsync();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public void Promises_everything_on_openssh()
        => Assert.Equal(
            new StoreGuarantees { OneCreatorWins = true, AppearsWhole = true, IsDurable = true }, _store.Guarantees);

    [Fact]
    public async Task Lets_one_of_many_creators_in_different_processes_win()
    {
        await using var other = await OpenAsync();

        for (var round = 0; round < 25; round++)
        {
            var key = $"race/{round}";
            var outcomes = await Task.WhenAll(
                Store.PutAsync(key, new byte[] { 1 }, Token), other.PutAsync(key, new byte[] { 2 }, Token));

            Assert.Single(outcomes, CommitOutcome.Stored);
            Assert.Equal(
                (byte)(outcomes[0] == CommitOutcome.Stored ? 1 : 2), (await Store.GetAsync(key, Token))!.Single());
        }
    }

    [Fact]
    public async Task Leaves_nothing_behind_beside_its_objects()
    {
        await Store.PutAsync("a", new byte[1], Token);
        await Store.PutAsync("a", new byte[1], Token);

        await using (var writer = await Store.CreateAsync(new("b"), Token))
            await writer.WriteAsync(new byte[3 << 20], Token);

        Assert.Empty(Files.List($"{Root}/.incoming"));
    }

    Task<SftpStore> OpenAsync() => SftpStore.OpenAsync(Files, Server.AddressOf(_name), Server.Options, Token);
}
