namespace TomoBackup.Codecs;

/// <summary>
/// What a pack holds, proven by its key: header, frames with their places, private note. Immutable, so threads share
/// one and have a <see cref="PackDecoder"/> each.
/// </summary>
public sealed class PackTable
{
    readonly PackFrame[] _frames;

    PackTable(PackHeader header, PackFrame[] frames, byte[] privateNote)
    {
        Header = header;
        _frames = frames;
        PrivateNote = privateNote;
        PlainBytes = frames.Sum(frame => (long)frame.PlainBytes);
    }

    /// <summary>The header, its public note proven.</summary>
    public PackHeader Header { get; }

    /// <summary>The frames in their order; a frame's number is its index.</summary>
    public IReadOnlyList<PackFrame> Frames => _frames;

    /// <summary>JSON, or nothing.</summary>
    public ReadOnlyMemory<byte> PrivateNote { get; }

    /// <summary>Plain bytes of all frames together.</summary>
    public long PlainBytes { get; }

    /// <summary>Opens a pack's footer. Nothing of a pack whose footer is not authentic is ever read.</summary>
    /// <param name="header">From the object's first bytes.</param>
    /// <param name="tail">The object's last bytes, from the footer's offset (<see cref="PackTrailer.FooterOffset"/>)
    /// or before.</param>
    /// <param name="objectLength">Bytes of the whole object: header, frames, footer and trailer must fill
    /// them exactly.</param>
    /// <param name="expected">What the caller is looking for.</param>
    /// <param name="key">The epoch's key.</param>
    /// <exception cref="CodecException">Foreign scope, wrong key, or damaged.</exception>
    public static PackTable Open(
        PackHeader header, ReadOnlySpan<byte> tail, long objectLength, PackScope expected, EpochKey key)
    {
        header.Demand(expected);
        var offset = PackTrailer.FooterOffset(tail, objectLength);
        var skipped = offset - (objectLength - tail.Length);

        if (skipped < 0)
            throw new ArgumentException($"the footer begins {-skipped} bytes before what was read", nameof(tail));

        var footer = tail[(int)skipped..^PackTrailer.Length];
        var plain = new byte[footer.Length - FrameCodec.Overhead];

        using var codec = new FrameCodec(key, header);
        codec.Open(FrameCodec.FooterNumber, final: true, footer, plain.Length, plain);

        var frames = PackFooter.Parse(plain, header.Bytes.Length, offset, out var privateNote)
            ?? throw codec.Damaged(FrameCodec.FooterNumber, final: true, "its table does not describe the object");

        return new PackTable(header, frames, privateNote);
    }
}
