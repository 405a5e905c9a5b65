using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// Reads frames of one pack object. Its table is authentic before the first frame is read; each frame is authentic before
/// a byte of it is handed out. For one thread at a time.
/// </summary>
sealed class PackObjectReader : IAsyncDisposable
{
    const int TailBytes = 64 << 10;

    readonly IObjectReader _object;
    readonly PackDecoder _decoder;
    byte[] _stored = [];

    PackObjectReader(IObjectReader source, PackDecoder decoder)
    {
        _object = source;
        _decoder = decoder;
    }

    /// <summary>What the pack says of itself in public, authentic.</summary>
    public PackHeader Header => _decoder.Header;

    /// <summary>The note that only the key opens.</summary>
    public ReadOnlyMemory<byte> PrivateNote => _decoder.PrivateNote;

    /// <summary>Frames in it, without the footer.</summary>
    public int FrameCount => _decoder.FrameCount;

    /// <summary>Plain bytes of a frame.</summary>
    public int PlainLength(int frame) => _decoder.PlainLength(frame);

    /// <summary>Opens a pack; null where there is no such object. Throws <see cref="ErrorCode.RepositoryDamaged"/> where
    /// it is not authentic.</summary>
    public static async ValueTask<PackObjectReader?> OpenAsync(
        IObjectStore store,
        ObjectKey key,
        PackKind kind,
        KeyRing keys,
        CancellationToken cancellationToken)
    {
        var source = await store.OpenAsync(key, cancellationToken).ConfigureAwait(false);

        if (source is null)
            return null;

        try
        {
            var decoder = await OpenDecoderAsync(source, kind, keys, cancellationToken).ConfigureAwait(false);
            return new PackObjectReader(source, decoder);
        }
        catch (CodecException e)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw NotAuthentic(store, key, e);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads the public header alone. It is not authentic: only who opens the pack may rely on it.</summary>
    public static async ValueTask<PackHeader> ReadHeaderAsync(
        IObjectStore store, ObjectKey key, IObjectReader source, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadHeaderAsync(source, cancellationToken).ConfigureAwait(false);
        }
        catch (CodecException e)
        {
            throw NotAuthentic(store, key, e);
        }
    }

    /// <summary>Reads and opens one frame into the buffer's beginning.</summary>
    /// <returns>Its plain bytes.</returns>
    public async ValueTask<int> ReadFrameAsync(int frame, Memory<byte> plain, CancellationToken cancellationToken)
    {
        if (frame < 0 || frame >= FrameCount)
            throw new CodecException(CodecFailure.Damaged, $"there is no frame {frame}");

        var length = _decoder.StoredLength(frame);

        if (_stored.Length < length)
            _stored = GC.AllocateUninitializedArray<byte>(length);

        var stored = _stored.AsMemory(0, length);
        await _object.ReadAsync(_decoder.Offset(frame), stored, cancellationToken).ConfigureAwait(false);
        _decoder.DecodeFrame(frame, stored.Span, plain.Span);
        return PlainLength(frame);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _decoder.Dispose();
        await _object.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The one sentence for a pack that cannot be trusted.</summary>
    public static TomoBackupException NotAuthentic(IObjectStore store, ObjectKey key, CodecException e)
        => TomoBackupException.Create(
            e.Failure == CodecFailure.WrongKey ? ErrorCode.KeyMissingOrWrong : ErrorCode.RepositoryDamaged,
            $"'{key}' in '{store.Address}' is damaged or not ours: {e.Message}",
            hint: "Nothing of it was used. Run 'tomo-backup verify --deep' to see what else is affected.",
            cause: e);

    static async ValueTask<PackDecoder> OpenDecoderAsync(
        IObjectReader source, PackKind kind, KeyRing keys, CancellationToken cancellationToken)
    {
        var header = await ReadHeaderAsync(source, cancellationToken).ConfigureAwait(false);

        if (header.Kind != kind)
            throw new CodecException(CodecFailure.Foreign, $"it is a pack of kind {header.Kind}, not {kind}");

        var key = await keys.GetAsync(header.Epoch, cancellationToken).ConfigureAwait(false);
        var tail = new byte[Math.Min(TailBytes, source.Length)];
        await source.ReadAsync(source.Length - tail.Length, tail, cancellationToken).ConfigureAwait(false);

        var footerBytes = PackDecoder.FooterBytes(tail, source.Length);

        if (footerBytes > tail.Length)
        {
            tail = new byte[footerBytes];
            await source.ReadAsync(source.Length - footerBytes, tail, cancellationToken).ConfigureAwait(false);
        }

        return PackDecoder.Open(header, key, source.Length, tail);
    }

    static async ValueTask<PackHeader> ReadHeaderAsync(IObjectReader source, CancellationToken cancellationToken)
    {
        var bytes = new byte[Math.Min(PackHeader.FixedBytes + 1024, source.Length)];
        await source.ReadAsync(0, bytes, cancellationToken).ConfigureAwait(false);

        var length = PackHeader.LengthOf(bytes, source.Length);

        if (length > bytes.Length)
        {
            bytes = new byte[length];
            await source.ReadAsync(0, bytes, cancellationToken).ConfigureAwait(false);
        }

        return PackHeader.Parse(bytes.AsMemory(0, length));
    }
}
