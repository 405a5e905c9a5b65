using Amazon.S3;

namespace TomoBackup.Storage.S3;

/// <summary>Tries a request until it succeeds, is refused for good, or was tried often enough.</summary>
sealed class S3Attempts(string address, S3Connections connections, S3Options options)
{
    /// <param name="what">Completes "unable to …" in a message.</param>
    /// <param name="attempt">One attempt; its number counts from 1.</param>
    public async Task<T> RunAsync<T>(
        string what, Func<AmazonS3Client, int, Task<T>> attempt, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();

            try
            {
                return await attempt(number == 1 ? connections.Kept : connections.Fresh, number).ConfigureAwait(false);
            }
            catch (Exception cause) when (S3Fault.IsOf(cause) && !cancellationToken.IsCancellationRequested)
            {
                var fault = S3Fault.Of(cause);

                if (!fault.IsTransient || number == options.Retry.Attempts || fault.Asked > options.Retry.MostPatience)
                    throw Failure(what, fault, number, cause);

                var wait = RetryDelay.After(number, fault.Asked, options.Retry, options.Entropy);
                await Task.Delay(wait, options.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The same for a request without a result.</summary>
    public Task RunAsync(
        string what, Func<AmazonS3Client, Task> attempt, CancellationToken cancellationToken)
        => RunAsync(
            what,
            async (client, _) =>
            {
                await attempt(client).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    StoreException Failure(string what, S3Fault fault, int attempts, Exception cause)
        => new(
            fault.Failure,
            $"store '{address}': unable to {what}{(attempts > 1 ? $" in {attempts} attempts" : "")}: {fault.Reason}",
            cause);
}
