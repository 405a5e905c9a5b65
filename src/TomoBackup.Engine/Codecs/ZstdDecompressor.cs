namespace TomoBackup.Codecs;

/// <summary>Opens single zstd frames of known length. Holds its context over many frames; one thread at a
/// time.</summary>
public sealed class ZstdDecompressor : IDisposable
{
    readonly ZstdDecompressionContext _context;

    /// <summary>Makes a context.</summary>
    public ZstdDecompressor()
    {
        _context = ZstdNative.CreateDecompressionContext();

        if (_context.IsInvalid)
            throw new InsufficientMemoryException("unable to create a zstd context: out of memory");
    }

    /// <summary>Fills the target exactly from exactly one frame; anything else is <see cref="CodecException"/>.
    /// What the target holds after a failure means nothing.</summary>
    public void Decompress(ReadOnlySpan<byte> frame, Span<byte> plain)
    {
        // ZSTD_decompressDCtx would also take several frames in a row; the format has one.
        var size = ZstdNative.ZSTD_findFrameCompressedSize(frame, (nuint)frame.Length);

        if (ZstdNative.Check(size, CodecFailure.Damaged) != frame.Length)
            throw new CodecException(CodecFailure.Damaged, "bytes follow the zstd frame");

        var written = ZstdNative.Check(
            ZstdNative.ZSTD_decompressDCtx(_context, plain, (nuint)plain.Length, frame, (nuint)frame.Length),
            CodecFailure.Damaged);

        if (written != plain.Length)
            throw new CodecException(
                CodecFailure.Damaged, $"zstd frame holds {written} bytes where {plain.Length} were promised");
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();
}
