using System.Buffers;
using System.IO.Hashing;
using TomoBackup.Storage;

namespace TomoBackup.Codecs;

/// <summary>
/// Makes one pack: header, frames, footer, in this order, each once. It knows nothing of stores; the caller writes the
/// bytes. It cannot be rewound or reused, and ends with the first failure, because no pack id may ever encrypt
/// two things: a write that failed begins a new pack. One thread at a time; no allocation per frame.
/// </summary>
public sealed class PackEncoder : IDisposable
{
    /// <summary>The most plain bytes in one frame of ours. Readers take larger ones (format §6).</summary>
    public const int MaxPlainBytes = 262_144;

    /// <summary>The most frames in one pack.</summary>
    public const int MaxFrames = PackFooter.MaxFrames;

    /// <summary>The longest private note.</summary>
    public const int MaxPrivateNoteBytes = PackFooter.MaxPrivateNoteBytes;

    // Frames of a 64 MiB pack, without growing.
    const int UsualFrames = 512;

    readonly FrameCodec _codec;
    readonly ZstdCompressor _compressor;
    readonly List<PackFrame> _frames = new(UsualFrames);
    bool _isOpen = true;

    PackEncoder(
        PackScope scope, PackId id, EpochKey key, ReadOnlySpan<byte> publicNote, ZstdCompressor compressor)
    {
        _codec = new FrameCodec(key, scope, id, publicNote);
        _compressor = compressor;
        Length = Header.Bytes.Length;
    }

    /// <summary>The header: its bytes are written first.</summary>
    public PackHeader Header => _codec.Header;

    /// <summary>Frames so far; the next one has this number.</summary>
    public int FrameCount => _frames.Count;

    /// <summary>Bytes of the object so far; at the end, all of them.</summary>
    public long Length { get; private set; }

    /// <summary>Begins a pack under a new random id.</summary>
    /// <param name="scope">What it is and whose.</param>
    /// <param name="key">The epoch's key; may be disposed while the pack is being written.</param>
    /// <param name="entropy">Where the id comes from.</param>
    /// <param name="publicNote">JSON that anybody may read, or nothing; at most
    /// <see cref="PackHeader.MaxPublicNoteBytes"/>.</param>
    /// <param name="compressor">Borrowed: the caller's thread uses it for one pack after the other.</param>
    public static PackEncoder Begin(
        PackScope scope, EpochKey key, IEntropy entropy, ReadOnlySpan<byte> publicNote, ZstdCompressor compressor)
        => new(scope, PackId.New(entropy), key, publicNote, compressor);

    /// <summary>Room that a frame of so many plain bytes needs in the target.</summary>
    public static int MaxFrameBytes(int plainLength)
        => FrameCodec.Overhead + ZstdCompressor.MaxCompressedBytes(plainLength);

    /// <summary>Writes the next frame into the target; gives its bytes.</summary>
    /// <param name="plain">1 to <see cref="MaxPlainBytes"/> bytes.</param>
    /// <param name="target">Room for <see cref="MaxFrameBytes"/>, apart from the plain bytes.</param>
    public int EncodeFrame(ReadOnlySpan<byte> plain, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfZero(plain.Length, nameof(plain));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, MaxPlainBytes, nameof(plain));
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, MaxFrameBytes(plain.Length), nameof(target));

        if (plain.Overlaps(target))
            throw new ArgumentException("a frame is not encoded over its own plain bytes", nameof(target));

        Enter();
        var frame = Compress(_compressor, plain, target);
        _isOpen = true;
        SealFrame(frame, target[..frame.StoredBytes]);
        return frame.StoredBytes;
    }

    /// <summary>The first half of a frame: its content stands in the target then, behind room for the lengths.
    /// </summary>
    /// <returns>The frame, whose offset is not known yet.</returns>
    internal static PackFrame Compress(ZstdCompressor compressor, ReadOnlySpan<byte> plain, Span<byte> target)
    {
        // in this order: the hash brings the bytes into the processor's cache
        var hash = XxHash128.HashToUInt128(plain);
        var compressed = compressor.Compress(plain, target[FrameCodec.LengthsBytes..^PackKey.TagLength]);
        return new PackFrame(0, compressed, plain.Length, hash);
    }

    /// <summary>The second half: encrypts the content in place, as the next frame.</summary>
    /// <param name="frame">What <see cref="Compress"/> gave.</param>
    /// <param name="target">Where it put the content: exactly the frame's stored bytes.</param>
    internal void SealFrame(PackFrame frame, Span<byte> target)
    {
        if (_frames.Count == MaxFrames)
            throw new InvalidOperationException($"a pack holds at most {MaxFrames} frames");

        Enter();
        _codec.Seal(_frames.Count, final: false, target, frame.PlainBytes);
        _frames.Add(frame with { Offset = Length });
        Length += frame.StoredBytes;
        _isOpen = true;
    }

    /// <summary>Writes footer and trailer: the end of the object, and of this encoder.</summary>
    /// <param name="privateNote">JSON for those who have the key, or nothing; at most
    /// <see cref="MaxPrivateNoteBytes"/>.</param>
    /// <param name="target">Gets the bytes in one piece.</param>
    public void Finish(ReadOnlySpan<byte> privateNote, IBufferWriter<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(privateNote.Length, MaxPrivateNoteBytes, nameof(privateNote));
        Enter();

        var plainLength = PackFooter.Length(_frames.Count, privateNote.Length);
        var footerBytes = FrameCodec.Overhead + plainLength;
        var end = target.GetSpan(footerBytes + PackTrailer.Length);

        PackFooter.Write(_frames, privateNote, end[FrameCodec.LengthsBytes..]);
        _codec.Seal(FrameCodec.FooterNumber, final: true, end[..footerBytes], plainLength);
        PackTrailer.Write(end[footerBytes..], Length);

        target.Advance(footerBytes + PackTrailer.Length);
        Length += footerBytes + PackTrailer.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOpen = false;
        _codec.Dispose();
    }

    // Open again only when the work behind it succeeded: a number that may have encrypted something is used up.
    void Enter()
    {
        if (!_isOpen)
            throw new InvalidOperationException($"pack '{Header.Id}' is finished, failed or disposed: begin a new one");

        _isOpen = false;
    }
}
