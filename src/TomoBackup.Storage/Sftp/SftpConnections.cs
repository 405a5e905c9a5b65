using Renci.SshNet;

namespace TomoBackup.Storage.Sftp;

/// <summary>The connection that is open now, and a new one when that was lost.</summary>
sealed class SftpConnections(SftpConnector connector, string address) : IAsyncDisposable
{
    readonly SemaphoreSlim _connecting = new(1, 1);
    volatile SftpConnection? _current;
    bool _isDisposed;

    public string Address => address;

    /// <summary>The caller must leave it.</summary>
    public async Task<SftpConnection> EnterAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        if (_current is { } open && open.TryEnter())
            return open;

        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            if (_current is { } meanwhile && meanwhile.TryEnter())
                return meanwhile;

            _current?.Retire();
            _current = null;
            var connection = await connector.ConnectAsync(cancellationToken).ConfigureAwait(false);
            _current = connection;

            return connection.TryEnter()
                ? connection
                : throw new StoreException(
                    StoreFailure.Unreachable, $"store '{address}': the connection was lost as soon as it stood");
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Does work that may be done twice. Where a connection turns out to be lost that had served before, a
    /// second attempt is made on a new one: servers and routers drop what was idle.</summary>
    public async Task<T> RunAsync<T>(
        string act, Func<SftpClient, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var connection = await EnterAsync(cancellationToken).ConfigureAwait(false);

            try
            {
                var result = await work(connection.Client).ConfigureAwait(false);
                connection.HasServed = true;
                return result;
            }
            catch (Exception failure) when (isFirst && connection.HasServed && IsDropped(failure))
            {
                connection.Abort();
            }
            catch (Exception failure) when (SftpFailure.IsOf(failure))
            {
                throw Failed(connection, act, failure);
            }
            finally
            {
                connection.Leave();
            }
        }
    }

    public Task RunAsync(string act, Func<SftpClient, Task> work, CancellationToken cancellationToken)
        => RunAsync(
            act,
            async client =>
            {
                await work(client).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>The failure as a store's, the connection given up where it is of no more use.</summary>
    public StoreException Failed(SftpConnection connection, string act, Exception failure)
    {
        if (SftpFailure.IsLoss(failure))
            connection.Abort();

        return SftpFailure.In(address, act, failure);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;

        _isDisposed = true;

        if (_current is { } open)
            await Task.Run(open.Retire).ConfigureAwait(false);

        _connecting.Dispose();
    }

    static bool IsDropped(Exception failure) => SftpFailure.IsLoss(failure) && !SftpFailure.IsStall(failure);
}
