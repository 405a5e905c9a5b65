using System.Security.Cryptography;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>
/// Takes the SHA-256 of an object while somebody reads it front to back, so that its bytes are fetched once. Reads may
/// overlap and may jump ahead; what they leave out is read at the end. For one thread at a time.
/// </summary>
sealed class HashingReader(IObjectReader inner, ReadingProgress progress) : IObjectReader
{
    const int ChunkBytes = 256 << 10;

    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    long _hashed;

    /// <inheritdoc/>
    public long Length => inner.Length;

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await inner.ReadAsync(offset, buffer, cancellationToken).ConfigureAwait(false);

        if (offset > _hashed || offset + buffer.Length <= _hashed)
            return;

        var next = buffer[(int)(_hashed - offset)..];
        _hash.AppendData(next.Span);
        _hashed += next.Length;
        progress.Read(next.Length);
    }

    /// <summary>Reads what is left, and gives the hex SHA-256 of all bytes.</summary>
    public async ValueTask<string> FinishAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(ChunkBytes, Length - _hashed)];

        while (_hashed < Length)
            await ReadAsync(_hashed, buffer.AsMemory(0, (int)Math.Min(buffer.Length, Length - _hashed)),
                cancellationToken).ConfigureAwait(false);

        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _hash.Dispose();
        return inner.DisposeAsync();
    }
}
