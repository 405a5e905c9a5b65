namespace TomoBackup.Codecs;

/// <summary>
/// Makes zstd frames that carry their content size and no checksum (AES-GCM and XXH128 cover it). Holds its context,
/// about a megabyte, over many frames and packs; one thread at a time.
/// </summary>
public sealed class ZstdCompressor : IDisposable
{
    /// <summary>On PostgreSQL's pages level 1 gives nearly level 3's size at twice its speed (measured with libzstd
    /// 1.5.4 on heap and index files: 2.445 against 2.449).</summary>
    public const int DefaultLevel = 1;

    readonly ZstdCompressionContext _context;

    /// <summary>Takes a level from 1 to 19; higher ones need windows that a reader need not have memory for.</summary>
    public ZstdCompressor(int level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, 19);

        _context = ZstdNative.CreateCompressionContext();

        if (_context.IsInvalid)
            throw new InsufficientMemoryException("unable to create a zstd context: out of memory");

        ZstdNative.Check(
            ZstdNative.ZSTD_CCtx_setParameter(_context, ZstdNative.CompressionLevel, level), CodecFailure.Invalid);
    }

    /// <summary>Bytes that a frame of so many plain bytes can have at most; never less than zstd's own bound
    /// (ZSTD_COMPRESSBOUND), and the limit that the format sets.</summary>
    public static int MaxCompressedBytes(int plainLength) => checked(plainLength + (plainLength >> 8) + 64);

    /// <summary>Writes one frame; gives its length. The target has room for <see cref="MaxCompressedBytes"/>.</summary>
    public int Compress(ReadOnlySpan<byte> plain, Span<byte> target)
        => ZstdNative.Check(
            ZstdNative.ZSTD_compress2(_context, target, (nuint)target.Length, plain, (nuint)plain.Length),
            CodecFailure.Invalid);

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();
}
