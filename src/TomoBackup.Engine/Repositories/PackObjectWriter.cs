using System.Buffers;
using System.Security.Cryptography;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// Writes one pack as one object to one or more stores, the same bytes to each. Frames are encoded into one buffer and
/// leave it in large writes; nothing is allocated per frame. A failed write gives the pack up: its id is never used
/// again.
/// </summary>
sealed class PackObjectWriter : IAsyncDisposable
{
    const int BufferBytes = 2 << 20;

    readonly IReadOnlyList<IObjectWriter> _writers;
    readonly PackEncoder _encoder;
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly byte[] _buffer;
    int _filled;
    long _length;

    PackObjectWriter(IReadOnlyList<IObjectWriter> writers, PackEncoder encoder, byte[] buffer)
    {
        _writers = writers;
        _encoder = encoder;
        _buffer = buffer;
    }

    /// <summary>Frames written so far: the number of the next one.</summary>
    public int FrameCount => _encoder.FrameCount;

    /// <summary>Bytes of the object so far.</summary>
    public long Length => _length + _filled;

    /// <summary>Begins a pack under a key that nobody else uses.</summary>
    /// <param name="buffer">Taken over from an earlier pack of the same worker, or null.</param>
    public static async ValueTask<PackObjectWriter> CreateAsync(
        IReadOnlyList<IObjectStore> stores,
        ObjectKey key,
        PackEncoder encoder,
        byte[]? buffer,
        CancellationToken cancellationToken)
    {
        var writers = new List<IObjectWriter>(stores.Count);

        try
        {
            foreach (var store in stores)
                writers.Add(await store.CreateAsync(key, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            foreach (var writer in writers)
                await writer.DisposeAsync().ConfigureAwait(false);

            encoder.Dispose();
            throw;
        }

        var pack = new PackObjectWriter(writers, encoder, buffer ?? NewBuffer());
        encoder.Header.Bytes.Span.CopyTo(pack._buffer);
        pack._filled = encoder.Header.Bytes.Length;
        return pack;
    }

    /// <summary>A buffer that fits any pack writer.</summary>
    public static byte[] NewBuffer() => GC.AllocateUninitializedArray<byte>(BufferBytes);

    /// <summary>Encodes and appends a frame.</summary>
    /// <returns>The frame's number.</returns>
    public async ValueTask<int> WriteFrameAsync(ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        if (_buffer.Length - _filled < PackEncoder.MaxFrameBytes(plain.Length))
            await FlushAsync(cancellationToken).ConfigureAwait(false);

        var frame = _encoder.FrameCount;
        _filled += _encoder.EncodeFrame(plain.Span, _buffer.AsSpan(_filled));
        return frame;
    }

    /// <summary>Writes footer and trailer and commits in every store.</summary>
    public async ValueTask<PackObject> CommitAsync(
        ReadOnlyMemory<byte> privateNote, CancellationToken cancellationToken)
    {
        var end = new ArrayBufferWriter<byte>();
        _encoder.Finish(privateNote.Span, end);

        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await SendAsync(end.WrittenMemory, cancellationToken).ConfigureAwait(false);

        var outcomes = new CommitOutcome[_writers.Count];

        for (var i = 0; i < outcomes.Length; i++)
            outcomes[i] = await _writers[i].CommitAsync(cancellationToken).ConfigureAwait(false);

        return new PackObject(
            _length, Convert.ToHexStringLower(_hash.GetHashAndReset()), _encoder.Header.Id, outcomes);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers)
            await writer.DisposeAsync().ConfigureAwait(false);

        _encoder.Dispose();
        _hash.Dispose();
    }

    async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await SendAsync(_buffer.AsMemory(0, _filled), cancellationToken).ConfigureAwait(false);
        _filled = 0;
    }

    async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _hash.AppendData(bytes.Span);
        _length += bytes.Length;

        foreach (var writer in _writers)
            await writer.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>A pack that was committed.</summary>
/// <param name="Length">Bytes of the object.</param>
/// <param name="Sha256">Of these bytes, hex.</param>
/// <param name="Id">The pack id in its header.</param>
/// <param name="Outcomes">What each store answered.</param>
sealed record PackObject(long Length, string Sha256, PackId Id, IReadOnlyList<CommitOutcome> Outcomes);
