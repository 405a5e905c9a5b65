using TomoBackup.Postgres.Server;

namespace TomoBackup.Backups;

/// <summary>
/// Asks the session that holds backup mode, every few seconds, whether it is still the same on the same server. When it
/// is not, the backup is lost, and going on would only cost time: the token is cancelled at once.
/// </summary>
sealed class SessionWatchdog : IAsyncDisposable
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    readonly IPostgresServer _server;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _lost;
    readonly Task _watch;

    /// <summary>Begins to watch.</summary>
    public SessionWatchdog(IPostgresServer server, TimeProvider time, CancellationToken cancellationToken)
    {
        _server = server;
        _time = time;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _watch = WatchAsync();
    }

    /// <summary>Cancelled when the session is lost, or when the command is.</summary>
    public CancellationToken Token => _lost.Token;

    /// <summary>What was lost, where it was.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        _lost.Dispose();
    }

    async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, _time);

            while (await timer.WaitForNextTickAsync(_lost.Token).ConfigureAwait(false))
                await _server.PingAsync(_lost.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Disposed, or the command was cancelled.
        }
        catch (PostgresServerException e)
        {
            Failure = e;
            await _lost.CancelAsync().ConfigureAwait(false);
        }
    }
}
