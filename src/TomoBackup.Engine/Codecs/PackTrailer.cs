using System.Buffers.Binary;

namespace TomoBackup.Codecs;

/// <summary>The last 16 bytes of a pack: they say where the footer begins, so that one read of the end usually brings
/// trailer and footer.</summary>
public static class PackTrailer
{
    /// <summary>Bytes of the trailer.</summary>
    public const int Length = 16;

    const int MinFooterBytes = FrameCodec.Overhead + 8;

    static ReadOnlySpan<byte> Magic => "KCAPOMOT"u8;

    /// <summary>The footer frame's offset in the object. Where it lies before the bytes that were read, read from there
    /// to the end and open the pack with these.</summary>
    /// <param name="tail">The object's last bytes, at least <see cref="Length"/>.</param>
    /// <param name="objectLength">Bytes of the whole object.</param>
    /// <exception cref="CodecException">Cut off, or not the end of a pack. The offset is not proven, but bounded: a
    /// footer is never longer than 7.1 MiB.</exception>
    public static long FooterOffset(ReadOnlySpan<byte> tail, long objectLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tail.Length, objectLength, nameof(tail));

        if (objectLength < PackHeader.FixedBytes + MinFooterBytes + Length)
            throw new CodecException(CodecFailure.Damaged, $"a pack cannot be {objectLength} bytes long");

        ArgumentOutOfRangeException.ThrowIfLessThan(tail.Length, Length, nameof(tail));

        if (!tail[^8..].SequenceEqual(Magic))
            throw new CodecException(CodecFailure.Damaged, "the pack is cut off: it has no trailer");

        var offset = BinaryPrimitives.ReadUInt64LittleEndian(tail[^Length..]);
        var end = (ulong)objectLength - Length;

        return offset >= PackHeader.FixedBytes
            && offset <= end - MinFooterBytes
            && end - offset <= FrameCodec.Overhead + PackFooter.MaxBytes
                ? (long)offset
                : throw new CodecException(CodecFailure.Damaged, $"no footer can begin at byte {offset} of the pack");
    }

    internal static void Write(Span<byte> target, long footerOffset)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, footerOffset);
        Magic.CopyTo(target[8..]);
    }
}
