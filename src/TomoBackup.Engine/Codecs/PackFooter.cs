using System.Buffers.Binary;

namespace TomoBackup.Codecs;

/// <summary>The plain bytes of the footer frame: the table of frames and the private note (format §6).</summary>
static class PackFooter
{
    /// <summary>The most frames in one pack: 64 GiB of frames at the size that writers use.</summary>
    public const int MaxFrames = 262_144;

    /// <summary>The longest private note.</summary>
    public const int MaxPrivateNoteBytes = 1_048_576;

    /// <summary>The footer's own bound, which a reader checks before it holds a key.</summary>
    public const int MaxBytes = 4 + MaxFrames * EntryBytes + 4 + MaxPrivateNoteBytes;

    const int EntryBytes = 24;

    /// <summary>The largest plain frame of the format; see <see cref="PackEncoder.MaxPlainBytes"/> for ours.</summary>
    const int MaxPlainBytes = 8_388_608;

    public static int Length(int frames, int noteLength) => 4 + frames * EntryBytes + 4 + noteLength;

    public static void Write(List<PackFrame> frames, ReadOnlySpan<byte> note, Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, frames.Count);
        var rest = target[4..];

        foreach (var frame in frames)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, frame.CompressedBytes);
            BinaryPrimitives.WriteInt32LittleEndian(rest[4..], frame.PlainBytes);
            BinaryPrimitives.WriteUInt128BigEndian(rest[8..], frame.Hash);
            rest = rest[EntryBytes..];
        }

        BinaryPrimitives.WriteInt32LittleEndian(rest, note.Length);
        note.CopyTo(rest[4..]);
    }

    /// <summary>Null where the bytes do not keep the form, or the frames do not fill the room between header and
    /// footer.</summary>
    public static PackFrame[]? Parse(ReadOnlySpan<byte> bytes, long firstOffset, long endOffset, out byte[] note)
    {
        note = [];

        if (bytes.Length < 8 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) > MaxFrames)
            return null;

        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes);

        if (bytes.Length < Length(count, 0))
            return null;

        var frames = new PackFrame[count];
        var offset = firstOffset;

        for (var i = 0; i < count; i++)
        {
            if (ParseEntry(bytes.Slice(4 + i * EntryBytes, EntryBytes), offset) is not { } frame)
                return null;

            frames[i] = frame;
            offset += frame.StoredBytes;
        }

        var rest = bytes[(4 + count * EntryBytes)..];
        note = rest[4..].ToArray();

        return BinaryPrimitives.ReadUInt32LittleEndian(rest) == note.Length && offset == endOffset ? frames : null;
    }

    static PackFrame? ParseEntry(ReadOnlySpan<byte> entry, long offset)
    {
        var compressed = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        var plain = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);

        return plain is >= 1 and <= MaxPlainBytes
            && compressed >= 1
            && compressed <= ZstdCompressor.MaxCompressedBytes((int)plain)
                ? new PackFrame(offset, (int)compressed, (int)plain, BinaryPrimitives.ReadUInt128BigEndian(entry[8..]))
                : null;
    }
}
