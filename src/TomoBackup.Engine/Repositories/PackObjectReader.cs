using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// Reads frames of one pack object. Its table is authentic before the first frame is read; each frame is authentic
/// before a byte of it is handed out. For one thread at a time.
/// </summary>
sealed class PackObjectReader : IAsyncDisposable
{
    const int HeadBytes = PackHeader.FixedBytes + 1024;
    const int TailBytes = 64 << 10;

    IObjectReader _object;
    readonly ZstdDecompressor _decompressor;
    readonly PackDecoder _decoder;
    byte[] _stored = [];

    PackObjectReader(IObjectReader source, PackTable table, EpochKey key)
    {
        _object = source;
        _decompressor = new ZstdDecompressor();
        _decoder = new PackDecoder(table, key, _decompressor);
    }

    /// <summary>Header, frames and private note, authentic.</summary>
    public PackTable Table => _decoder.Table;

    /// <summary>Opens a pack; null where there is no such object. Throws <see cref="ErrorCode.RepositoryDamaged"/>
    /// where it is not authentic.</summary>
    public static async ValueTask<PackObjectReader?> OpenAsync(
        IObjectStore store,
        ObjectKey key,
        PackKind kind,
        LineageId lineage,
        IEpochKeys keys,
        CancellationToken cancellationToken)
    {
        var source = await store.OpenAsync(key, cancellationToken).ConfigureAwait(false);

        if (source is null)
            return null;

        try
        {
            return await OpenAsync(source, kind, lineage, keys, cancellationToken).ConfigureAwait(false);
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

    /// <summary>From now on frames are read through something else, which owns the object then.</summary>
    public void ReadThrough(Func<IObjectReader, IObjectReader> view) => _object = view(_object);

    /// <summary>Reads the public header alone. It is not authentic: only who opens the pack may rely on it.</summary>
    public static async ValueTask<PackHeader?> ReadHeaderAsync(
        IObjectStore store, ObjectKey key, CancellationToken cancellationToken)
    {
        var source = await store.OpenAsync(key, cancellationToken).ConfigureAwait(false);

        if (source is null)
            return null;

        await using (source.ConfigureAwait(false))
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
    }

    /// <summary>Reads and opens one frame into the buffer's beginning.</summary>
    /// <returns>Its plain bytes.</returns>
    /// <exception cref="CodecException">There is no such frame, or it is damaged.</exception>
    public async ValueTask<int> ReadFrameAsync(int frame, Memory<byte> plain, CancellationToken cancellationToken)
    {
        if (frame < 0 || frame >= Table.Frames.Count)
            throw new CodecException(CodecFailure.Damaged, $"there is no frame {frame}");

        var place = Table.Frames[frame];

        if (_stored.Length < place.StoredBytes)
            _stored = GC.AllocateUninitializedArray<byte>(place.StoredBytes);

        var stored = _stored.AsMemory(0, place.StoredBytes);
        await _object.ReadAsync(place.Offset, stored, cancellationToken).ConfigureAwait(false);
        return _decoder.DecodeFrame(frame, stored.Span, plain.Span);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _decoder.Dispose();
        _decompressor.Dispose();
        await _object.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The one sentence for a pack that cannot be trusted.</summary>
    public static TomoBackupException NotAuthentic(IObjectStore store, ObjectKey key, CodecException e)
        => TomoBackupException.Create(
            e.Failure == CodecFailure.WrongKey ? ErrorCode.KeyMissingOrWrong : ErrorCode.RepositoryDamaged,
            $"'{key}' in '{store.Address}' cannot be trusted: {e.Message}",
            hint: "Nothing of it was used. Run 'tomo-backup verify --deep' to see what else is affected.",
            cause: e);

    /// <summary>Opens a pack in an object that is open already; the reader owns it then. Throws
    /// <see cref="CodecException"/> where it is not authentic, and leaves the object open.</summary>
    public static async ValueTask<PackObjectReader> OpenAsync(
        IObjectReader source, PackKind kind, LineageId lineage, IEpochKeys keys, CancellationToken cancellationToken)
    {
        var header = await ReadHeaderAsync(source, cancellationToken).ConfigureAwait(false);
        var expected = new PackScope(kind, lineage, header.Scope.Epoch);
        var key = await keys.GetAsync(header.Scope.Epoch, cancellationToken).ConfigureAwait(false);

        var tail = await ReadTailAsync(source, Math.Min(TailBytes, source.Length), cancellationToken)
            .ConfigureAwait(false);
        var footer = PackTrailer.FooterOffset(tail, source.Length);

        if (footer < source.Length - tail.Length)
            tail = await ReadTailAsync(source, source.Length - footer, cancellationToken).ConfigureAwait(false);

        return new PackObjectReader(source, PackTable.Open(header, tail, source.Length, expected, key), key);
    }

    static async ValueTask<byte[]> ReadTailAsync(
        IObjectReader source, long length, CancellationToken cancellationToken)
    {
        var tail = new byte[length];
        await source.ReadAsync(source.Length - length, tail, cancellationToken).ConfigureAwait(false);
        return tail;
    }

    static async ValueTask<PackHeader> ReadHeaderAsync(IObjectReader source, CancellationToken cancellationToken)
    {
        var bytes = new byte[Math.Min(HeadBytes, source.Length)];
        await source.ReadAsync(0, bytes, cancellationToken).ConfigureAwait(false);

        var length = PackHeader.LengthOf(bytes);

        if (length > bytes.Length && length <= source.Length)
        {
            bytes = new byte[length];
            await source.ReadAsync(0, bytes, cancellationToken).ConfigureAwait(false);
        }

        return PackHeader.Parse(bytes);
    }
}
