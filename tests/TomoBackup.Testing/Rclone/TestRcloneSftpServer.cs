using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TomoBackup.Storage;
using TomoBackup.Storage.Sftp;
using TomoBackup.Testing.Ssh;
using Xunit;

namespace TomoBackup.Testing.Rclone;

/// <summary>An SFTP server that is not OpenSSH: <c>rclone serve sftp</c> over a folder. It replaces files when they are
/// renamed, and cannot sync.</summary>
public sealed class TestRcloneSftpServer : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly TestSshServer _keys;
    readonly TestFolder _folder = new();
    readonly Process _process;
    readonly int _port;

    TestRcloneSftpServer(TestSshServer keys, int port)
    {
        (_keys, _port) = (keys, port);
        _folder.Make("data");
        _folder.Write("rclone.conf", "[local]\ntype = local\n");
        _process = Process.Start(new ProcessStartInfo(TestRclone.Program,
        [
            "serve", "sftp", $"local:{_folder["data"]}", "--addr", $"127.0.0.1:{port}", "--key", keys["host"],
            "--authorized-keys", keys["authorized"], "--config", _folder["rclone.conf"],
            "--cache-dir", _folder["cache"],
        ])
        {
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("rclone did not start");
        _process.BeginErrorReadLine();
    }

    /// <summary>Options that lead in, by the other server's keys.</summary>
    public SftpStoreOptions Options
        => _keys.Options with { KnownHostsFile = null, HostKeyFingerprints = [_keys.Fingerprint] };

    /// <summary>Borrows host key and user key of another server.</summary>
    public static async Task<TestRcloneSftpServer> StartAsync(TestSshServer keys)
    {
        using var gate = new TcpListener(IPAddress.Loopback, 0);
        gate.Start();
        var port = ((IPEndPoint)gate.LocalEndpoint).Port;
        gate.Stop();

        var server = new TestRcloneSftpServer(keys, port);
        using var patience = new CancellationTokenSource(Patience);

        while (!await server.AnswersAsync())
        {
            Assert.False(server._process.HasExited, "rclone serve sftp ended at once");
            await Task.Delay(10, patience.Token);
        }

        return server;
    }

    public StoreAddress AddressOf(string name)
        => StoreAddress.Parse($"sftp://{Environment.UserName}@127.0.0.1:{_port}/{name}");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    async Task<bool> AnswersAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
