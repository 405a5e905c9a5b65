using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>A short object that was read whole, so that it is fetched once however often it is looked into.</summary>
sealed class BufferedObject(byte[] bytes) : IObjectReader
{
    /// <summary>What is worth reading whole.</summary>
    public const int MaxBytes = 16 << 20;

    /// <inheritdoc/>
    public long Length => bytes.Length;

    /// <summary>Reads an object whole and closes it; a long one is left as it is.</summary>
    public static async ValueTask<IObjectReader> OfAsync(IObjectReader source, CancellationToken cancellationToken)
    {
        if (source.Length > MaxBytes)
            return source;

        var bytes = GC.AllocateUninitializedArray<byte>((int)source.Length);
        await source.ReadAsync(0, bytes, cancellationToken).ConfigureAwait(false);
        await source.DisposeAsync().ConfigureAwait(false);
        return new BufferedObject(bytes);
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        bytes.AsMemory(checked((int)offset), buffer.Length).CopyTo(buffer);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
