namespace TomoBackup.Storage.S3;

sealed class S3ObjectReader(S3Session session, ObjectKey key, FoundObject found) : IObjectReader
{
    public long Length => found.Length;

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);

        if (offset > Length - buffer.Length)
            throw new StoreException(
                StoreFailure.Damaged,
                $"store '{session.Address}': '{key}' has {Length} bytes, fewer than {buffer.Length} at {offset}");

        if (buffer.IsEmpty)
            return;

        // An attempt goes on where the last one ended.
        var done = 0;

        await session.Attempts.RunAsync(
            $"read '{key}'",
            async client =>
            {
                using var answer = await session.Bucket
                    .OpenRangeAsync(client, key, found, offset + done, buffer.Length - done, cancellationToken)
                    .ConfigureAwait(false);

                while (done < buffer.Length)
                {
                    var read = await answer.ResponseStream.ReadAsync(buffer[done..], cancellationToken)
                        .ConfigureAwait(false);

                    if (read == 0)
                        throw new TransferDamageException($"the answer ends {buffer.Length - done} bytes early");

                    done += read;
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
