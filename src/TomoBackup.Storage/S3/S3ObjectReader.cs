namespace TomoBackup.Storage.S3;

/// <summary>Reads ranges, but for the beginning, which came when the object was opened.</summary>
sealed class S3ObjectReader(S3Session session, ObjectKey key, OpenedObject opened) : IObjectReader
{
    public long Length => opened.Found.Length;

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

        var known = opened.Head.AsMemory((int)Math.Min(offset, opened.Head.Length));
        known = known[..Math.Min(known.Length, buffer.Length)];
        known.CopyTo(buffer);

        // An attempt goes on where the last one ended.
        var done = known.Length;

        if (done == buffer.Length)
            return;

        await session.Attempts.RunAsync(
            $"read '{key}'",
            async client =>
            {
                using var answer = await session.Bucket
                    .OpenRangeAsync(client, key, opened.Found, offset + done, buffer.Length - done, cancellationToken)
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
