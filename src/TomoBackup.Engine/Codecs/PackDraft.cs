using System.Buffers;
using TomoBackup.Storage;

namespace TomoBackup.Codecs;

/// <summary>
/// Makes a pack whose notes are known only when its content has been read: compresses at once, while the bytes are in
/// the processor's cache, and encrypts at the end. The whole pack is in memory, compressed. Serves for one pack after
/// the other; one thread at a time.
/// </summary>
/// <param name="compressor">Borrowed.</param>
public sealed class PackDraft(ZstdCompressor compressor)
{
    const int HeaderRoom = PackHeader.FixedBytes + PackHeader.MaxPublicNoteBytes;
    const int FirstBytes = 4 << 20;

    readonly List<PackFrame> _frames = [];
    byte[] _buffer = GC.AllocateUninitializedArray<byte>(FirstBytes);
    int _filled = HeaderRoom;

    /// <summary>Forgets what was appended since the last pack.</summary>
    public void Clear()
    {
        _frames.Clear();
        _filled = HeaderRoom;
    }

    /// <summary>Compresses the next frame.</summary>
    /// <param name="plain">1 to <see cref="PackEncoder.MaxPlainBytes"/> bytes.</param>
    public void Append(ReadOnlySpan<byte> plain)
    {
        ArgumentOutOfRangeException.ThrowIfZero(plain.Length, nameof(plain));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, PackEncoder.MaxPlainBytes, nameof(plain));

        var room = PackEncoder.MaxFrameBytes(plain.Length);
        Reserve(room);
        var frame = PackEncoder.Compress(compressor, plain, _buffer.AsSpan(_filled, room));
        _frames.Add(frame);
        _filled += frame.StoredBytes;
    }

    /// <summary>Encrypts what was appended under a new random id, and begins anew.</summary>
    /// <param name="scope">What it is and whose.</param>
    /// <param name="key">The epoch's key.</param>
    /// <param name="entropy">Where the id comes from.</param>
    /// <param name="publicNote">JSON that anybody may read, or nothing.</param>
    /// <param name="privateNote">JSON for those who have the key, or nothing.</param>
    /// <returns>All bytes of the pack, good until the next call.</returns>
    public ReadOnlyMemory<byte> Finish(
        PackScope scope,
        EpochKey key,
        IEntropy entropy,
        ReadOnlySpan<byte> publicNote,
        ReadOnlySpan<byte> privateNote)
    {
        using var encoder = PackEncoder.Begin(scope, key, entropy, publicNote, compressor);

        try
        {
            var header = encoder.Header.Bytes.Span;
            var start = HeaderRoom - header.Length;
            header.CopyTo(_buffer.AsSpan(start));
            var at = HeaderRoom;

            foreach (var frame in _frames)
            {
                encoder.SealFrame(frame, _buffer.AsSpan(at, frame.StoredBytes));
                at += frame.StoredBytes;
            }

            var end = new ArrayBufferWriter<byte>();
            encoder.Finish(privateNote, end);
            Reserve(end.WrittenCount);
            end.WrittenSpan.CopyTo(_buffer.AsSpan(at));
            return _buffer.AsMemory(start, at + end.WrittenCount - start);
        }
        finally
        {
            // sealed once, nothing of it is ever sealed again
            Clear();
        }
    }

    void Reserve(int bytes)
    {
        if (_buffer.Length - _filled < bytes)
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, _filled + bytes)));
    }
}
