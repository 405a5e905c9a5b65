using System.Buffers;
using System.IO.Hashing;

namespace TomoBackup.Codecs;

/// <summary>
/// Reads frames of one pack, in any order. The caller fetches the stored bytes; what is handed out was authenticated,
/// has its promised length and its hash. One thread at a time; no allocation per frame.
/// </summary>
public sealed class PackDecoder : IDisposable
{
    readonly FrameCodec _codec;
    readonly ZstdDecompressor _decompressor;
    byte[]? _compressed;

    /// <summary>Another decoder of a pack whose table is known, for another thread.</summary>
    /// <param name="table">The pack's table.</param>
    /// <param name="key">The epoch's key; may be disposed afterwards.</param>
    /// <param name="decompressor">Borrowed: the caller's thread uses it for one pack after the other.</param>
    /// <exception cref="CodecException">The pack was not written with this key.</exception>
    public PackDecoder(PackTable table, EpochKey key, ZstdDecompressor decompressor)
    {
        Table = table;
        _codec = new FrameCodec(key, table.Header);
        _decompressor = decompressor;

        var longest = table.Frames.Count == 0 ? 0 : table.Frames.Max(frame => frame.CompressedBytes);
        _compressed = ArrayPool<byte>.Shared.Rent(longest);
    }

    /// <summary>What the pack holds.</summary>
    public PackTable Table { get; }

    /// <summary>Opens a pack of which header and end were read; <see cref="PackTable.Open"/> says how.</summary>
    /// <exception cref="CodecException">Foreign scope, wrong key, or damaged.</exception>
    public static PackDecoder Open(
        PackHeader header,
        ReadOnlySpan<byte> tail,
        long objectLength,
        PackScope expected,
        EpochKey key,
        ZstdDecompressor decompressor)
        => new(PackTable.Open(header, tail, objectLength, expected, key), key, decompressor);

    /// <summary>Opens a pack that is in memory as a whole.</summary>
    /// <exception cref="CodecException">Foreign scope, wrong key, or damaged.</exception>
    public static PackDecoder Open(
        ReadOnlySpan<byte> pack, PackScope expected, EpochKey key, ZstdDecompressor decompressor)
        => Open(PackHeader.Parse(pack), pack, pack.Length, expected, key, decompressor);

    /// <summary>Writes a frame's plain bytes to the start of the target; gives their count.</summary>
    /// <param name="index">The frame's number.</param>
    /// <param name="stored">Exactly its bytes in the object, by <see cref="PackTable.Frames"/>.</param>
    /// <param name="plain">Room for its plain bytes. After a failure it holds bytes that mean nothing.</param>
    /// <exception cref="CodecException">The stored bytes are damaged.</exception>
    public int DecodeFrame(int index, ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        ObjectDisposedException.ThrowIf(_compressed is null, this);
        var frame = Table.Frames[index];

        ArgumentOutOfRangeException.ThrowIfNotEqual(stored.Length, frame.StoredBytes, nameof(stored));
        ArgumentOutOfRangeException.ThrowIfLessThan(plain.Length, frame.PlainBytes, nameof(plain));

        var compressed = _compressed.AsSpan(0, frame.CompressedBytes);
        var target = plain[..frame.PlainBytes];
        _codec.Open(index, final: false, stored, frame.PlainBytes, compressed);

        try
        {
            _decompressor.Decompress(compressed, target);
        }
        catch (CodecException e)
        {
            throw _codec.Damaged(index, final: false, e.Message, e);
        }

        return XxHash128.HashToUInt128(target) == frame.Hash
            ? frame.PlainBytes
            : throw _codec.Damaged(index, final: false, "its plain bytes have another hash");
    }

    /// <summary>All plain bytes of a pack that is in memory as a whole.</summary>
    /// <param name="pack">The bytes that this decoder was opened with.</param>
    /// <param name="maxBytes">Refuses to hold more than this.</param>
    /// <exception cref="CodecException">Damaged, or more plain bytes than the caller takes.</exception>
    public byte[] DecodeAll(ReadOnlySpan<byte> pack, int maxBytes)
    {
        if (Table.PlainBytes > maxBytes)
            throw new CodecException(
                CodecFailure.Invalid,
                $"pack '{Table.Header.Id}' holds {Table.PlainBytes} bytes, more than the {maxBytes} expected");

        var plain = new byte[Table.PlainBytes];
        var written = 0;

        for (var i = 0; i < Table.Frames.Count; i++)
        {
            var frame = Table.Frames[i];
            var stored = pack.Slice(checked((int)frame.Offset), frame.StoredBytes);
            written += DecodeFrame(i, stored, plain.AsSpan(written));
        }

        return plain;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_compressed is { } rented)
            ArrayPool<byte>.Shared.Return(rented);

        _compressed = null;
        _codec.Dispose();
    }
}
