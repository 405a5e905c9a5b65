using System.Net;
using System.Net.Sockets;

namespace TomoBackup.Testing.Ssh;

/// <summary>What a gate does once so many bytes have gone towards the server.</summary>
public enum GateFault
{
    /// <summary>It lets everything pass.</summary>
    None,

    /// <summary>It cuts every connection that is open.</summary>
    Cut,

    /// <summary>Nothing passes any more, in either direction, and nobody is told.</summary>
    Stall,
}

/// <summary>A way to a server on a loopback port, on which a test can cut connections or let them stall.</summary>
public sealed class TcpGate : IAsyncDisposable
{
    const int BufferBytes = 16 * 1024;

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _closed = new();
    readonly Lock _lock = new();
    readonly List<Socket> _open = [];
    readonly int _target;
    readonly Task _accepting;

    GateFault _fault;
    long _faultAfter = long.MaxValue;
    long _passed;

    public TcpGate(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Connections that were ever made.</summary>
    public int Connections { get; private set; }

    /// <summary>True once the fault that was asked for last has come.</summary>
    public bool HasStruck
    {
        get
        {
            lock (_lock)
                return _passed > _faultAfter;
        }
    }

    /// <summary>From now on, after so many bytes of either direction.</summary>
    public void After(long bytes, GateFault fault)
    {
        lock (_lock)
            (_fault, _faultAfter, _passed) = (fault, bytes, 0);
    }

    /// <summary>Cuts what is open now; new connections pass.</summary>
    public void CutAll()
    {
        lock (_lock)
        {
            foreach (var socket in _open)
                socket.Dispose();

            _open.Clear();
            (_fault, _faultAfter) = (GateFault.None, long.MaxValue);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _listener.Dispose();
        CutAll();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closed.Dispose();
    }

    async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_closed.Token);

            if (await ReachAsync() is { } server)
                Join(client, server);
            else
                client.Dispose();
        }
    }

    async Task<Socket?> ReachAsync()
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _closed.Token);
            return server;
        }
        catch (SocketException)
        {
            server.Dispose();
            return null;
        }
    }

    void Join(Socket client, Socket server)
    {
        lock (_lock)
        {
            Connections++;
            _open.AddRange([client, server]);
        }

        _ = PassAsync(client, server);
        _ = PassAsync(server, client);
    }

    async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferBytes];

        try
        {
            while (await from.ReceiveAsync(buffer, _closed.Token) is > 0 and var read)
            {
                if (Count(read) is GateFault.Stall)
                    await Task.Delay(Timeout.Infinite, _closed.Token);

                await to.SendAsync(buffer.AsMemory(0, read), _closed.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            from.Dispose();
            to.Dispose();
        }
    }

    GateFault Count(int bytes)
    {
        GateFault fault;

        lock (_lock)
        {
            _passed += bytes;
            fault = _passed > _faultAfter ? _fault : GateFault.None;
        }

        if (fault is GateFault.Cut)
            CutAll();

        return fault;
    }
}
