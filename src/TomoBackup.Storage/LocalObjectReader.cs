namespace TomoBackup.Storage;

sealed class LocalObjectReader(IFileReader file, string address, ObjectKey key) : IObjectReader
{
    // Objects never change, so neither may this while we read.
    public long Length { get; } = file.Length;

    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);

        try
        {
            var read = file.Read(offset, buffer.Span);

            return read == buffer.Length
                ? ValueTask.CompletedTask
                : throw new StoreException(
                    StoreFailure.Damaged,
                    $"store '{address}': '{key}' has {read} of the {buffer.Length} bytes asked for at {offset}");
        }
        catch (Exception failure) when (LocalFailure.IsOf(failure))
        {
            throw LocalFailure.In(address, failure);
        }
    }

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }
}
