using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Testing.S3;

/// <summary>A server program on a port of this machine's own address, killed by its id at the end.</summary>
sealed class S3ServerProcess : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly IStartedProcess _process;
    readonly string _log;

    S3ServerProcess(IStartedProcess process, string log) => (_process, _log) = (process, log);

    /// <summary>Starts it and waits until it listens; throws with its last words where it ends instead.</summary>
    public static async Task<S3ServerProcess> StartAsync(ProcessRequest request, string log, int port)
    {
        var server = new S3ServerProcess(ProcessRunner.Instance.StartDetached(request, log), log);

        try
        {
            await server.ReadyAsync(port);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>A port that nobody uses at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (_process.ExitCode is null)
        {
            using var process = Process.GetProcessById(_process.Id);
            process.Kill();
            process.WaitForExit(Patience);
        }

        _process.Dispose();
    }

    async Task ReadyAsync(int port)
    {
        using var limit = new CancellationTokenSource(Patience);

        while (true)
        {
            if (_process.ExitCode is { } code)
                throw new InvalidOperationException(
                    $"the server ended with {code}: {(File.Exists(_log) ? File.ReadAllText(_log) : "no word")}");

            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }
}
