using TomoBackup.Storage;
using TomoBackup.Storage.Sftp;
using TomoBackup.Testing.Rclone;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.Sftp;

/// <summary>A server of another kind, whose rename replaces what stands there. All writers are of one store object.
/// </summary>
public sealed class SftpOtherServerTests(SshServerFixture keys)
    : DirectoryConformance, IClassFixture<SshServerFixture>, IAsyncLifetime
{
    TestRcloneSftpServer _server = null!;
    SftpStore _store = null!;

    protected override IObjectStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        _server = await TestRcloneSftpServer.StartAsync(keys.Server);
        var address = _server.AddressOf("store");
        await SftpStore.InitializeAsync(PhysicalFileSystem.Instance, address, _server.Options, Token);
        _store = await SftpStore.OpenAsync(PhysicalFileSystem.Instance, address, _server.Options, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public void Promises_what_can_be_kept_there()
        => Assert.Equal(
            new StoreGuarantees { OneCreatorWins = false, AppearsWhole = true, IsDurable = false }, _store.Guarantees);
}
