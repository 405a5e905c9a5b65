using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace TomoBackup.Transfer;

/// <summary>
/// A bounded number of workers over one list. The first failure stops all: work that misses one item is not done. Each
/// worker has tools of its own (buffers, contexts), made and disposed by it.
/// </summary>
static class WorkCrew
{
    /// <summary>Runs until the list is empty or something fails; the failure that came first is thrown.</summary>
    /// <param name="items">Taken in order, largest first by custom.</param>
    /// <param name="workers">How many at once.</param>
    /// <param name="hire">Makes one worker.</param>
    public static async Task RunAsync<TItem, TWorker>(
        IEnumerable<TItem> items,
        int workers,
        Func<int, TWorker> hire,
        Func<TWorker, TItem, CancellationToken, ValueTask> work,
        Func<TWorker, CancellationToken, ValueTask> finish,
        CancellationToken cancellationToken)
        where TWorker : IAsyncDisposable
    {
        var queue = new ConcurrentQueue<TItem>(items);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var failures = new ConcurrentQueue<Exception>();

        async Task RunOneAsync(int number)
        {
            try
            {
                var worker = hire(number);

                await using (worker.ConfigureAwait(false))
                {
                    while (!stop.IsCancellationRequested && queue.TryDequeue(out var item))
                        await work(worker, item, stop.Token).ConfigureAwait(false);

                    stop.Token.ThrowIfCancellationRequested();
                    await finish(worker, stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }

        await Task
            .WhenAll(Enumerable.Range(0, workers).Select(n => Task.Run(() => RunOneAsync(n), CancellationToken.None)))
            .ConfigureAwait(false);

        cancellationToken.ThrowIfCancellationRequested();

        if (!failures.IsEmpty)
            ExceptionDispatchInfo.Throw(
                failures.FirstOrDefault(e => e is not OperationCanceledException) ?? failures.First());
    }
}
