using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TomoBackup.Codecs;

/// <summary>
/// Seals and opens frames of one pack: lengths, ciphertext, tag. The nonce is the frame's number and the final flag, so
/// whoever seals never seals one number twice. One thread at a time.
/// </summary>
sealed class FrameCodec : IDisposable
{
    /// <summary>Bytes of S and P.</summary>
    public const int LengthsBytes = 8;

    /// <summary>Stored bytes of a frame beyond its ciphertext.</summary>
    public const int Overhead = LengthsBytes + PackKey.TagLength;

    /// <summary>The footer's number: fixed, so that it opens before the count of frames is known. Its final flag keeps
    /// its nonce apart from frame 0's.</summary>
    public const int FooterNumber = 0;

    public const int NonceBytes = 12;

    const int AdditionalBytes = SHA256.HashSizeInBytes + 4 + 1 + LengthsBytes;

    readonly PackKey _key;

    /// <summary>For a pack that exists; refuses an epoch key that the pack does not commit to.</summary>
    public FrameCodec(EpochKey epochKey, PackHeader header)
    {
        _key = PackKey.Derive(epochKey, header);
        Header = header;
    }

    /// <summary>For a new pack.</summary>
    public FrameCodec(EpochKey epochKey, PackScope scope, PackId id, ReadOnlySpan<byte> publicNote)
    {
        _key = PackKey.Derive(epochKey, id);
        Header = new PackHeader(scope, id, _key.Commitment, publicNote);
    }

    public PackHeader Header { get; }

    /// <summary>Encrypts the content that stands in the frame behind room for the lengths, in place, and writes lengths
    /// and tag around it. The frame is exactly as long as it will be stored.</summary>
    public void Seal(int number, bool final, Span<byte> frame, int plainLength)
    {
        var content = frame[LengthsBytes..^PackKey.TagLength];
        BinaryPrimitives.WriteInt32LittleEndian(frame, content.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], plainLength);

        Span<byte> nonce = stackalloc byte[NonceBytes];
        Span<byte> additional = stackalloc byte[AdditionalBytes];
        Bind(number, final, frame[..LengthsBytes], nonce, additional);
        _key.Cipher.Encrypt(nonce, content, content, frame[^PackKey.TagLength..], additional);
    }

    /// <summary>Decrypts a stored frame into a target exactly as long as its content. Throws where length, place in the
    /// pack or a single bit is not as sealed; the target is then zero or untouched.</summary>
    public void Open(int number, bool final, ReadOnlySpan<byte> frame, int plainLength, Span<byte> content)
    {
        if (frame.Length != content.Length + Overhead
            || BinaryPrimitives.ReadUInt32LittleEndian(frame) != (uint)content.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) != (uint)plainLength)
            throw Damaged(number, final, "its lengths are wrong");

        Span<byte> nonce = stackalloc byte[NonceBytes];
        Span<byte> additional = stackalloc byte[AdditionalBytes];
        Bind(number, final, frame[..LengthsBytes], nonce, additional);

        try
        {
            _key.Cipher.Decrypt(
                nonce, frame[LengthsBytes..^PackKey.TagLength], frame[^PackKey.TagLength..], content, additional);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged(number, final, "its tag does not match");
        }
    }

    public CodecException Damaged(int number, bool final, string cause, Exception? inner = null)
        => new(
            CodecFailure.Damaged,
            $"{(final ? "footer" : $"frame {number}")} of pack '{Header.Id}' is damaged: {cause}",
            inner);

    public void Dispose() => _key.Dispose();

    /// <summary>Each pair of number and flag has a nonce of its own.</summary>
    public static void WriteNonce(int number, bool final, Span<byte> nonce)
    {
        nonce.Clear();
        nonce[0] = final ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(nonce[8..], number);
    }

    void Bind(int number, bool final, ReadOnlySpan<byte> lengths, Span<byte> nonce, Span<byte> additional)
    {
        WriteNonce(number, final, nonce);

        Header.Digest.CopyTo(additional);
        var rest = additional[SHA256.HashSizeInBytes..];
        BinaryPrimitives.WriteInt32LittleEndian(rest, number);
        rest[4] = nonce[0]; // the final flag
        lengths.CopyTo(rest[5..]);
    }
}
