namespace TomoBackup.Storage.Rclone;

sealed class RcloneObjectReader(RcloneRemote remote, string address, ObjectKey key, long length) : IObjectReader
{
    public long Length => length;

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);

        if (offset + buffer.Length > length)
            throw new StoreException(
                StoreFailure.Damaged,
                $"store '{address}': '{key}' has {length} bytes, not {buffer.Length} at {offset}");

        if (!buffer.IsEmpty)
            await remote.ReadAsync(key, offset, buffer, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
