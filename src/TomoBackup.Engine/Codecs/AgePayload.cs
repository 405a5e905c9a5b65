using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TomoBackup.Codecs;

/// <summary>
/// The payload of an age file: chunks of 64 KiB under ChaCha20-Poly1305, their nonce an 11-byte big-endian counter and
/// a final flag (STREAM), so that chunks cannot be swapped and the end cannot be cut off.
/// </summary>
static class AgePayload
{
    public const int NonceLength = 16;

    const int ChunkLength = 65_536;
    const int TagLength = 16;

    public static int LengthFor(int plainLength)
        => checked(plainLength + ChunksOf(plainLength, ChunkLength) * TagLength);

    public static void Encrypt(
        ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> target)
    {
        using var cipher = CreateCipher(fileKey, nonce);
        Span<byte> chunkNonce = stackalloc byte[12];
        var chunks = ChunksOf(plain.Length, ChunkLength);

        for (var i = 0; i < chunks; i++)
        {
            var chunk = plain[(i * ChunkLength)..Math.Min(plain.Length, (i + 1) * ChunkLength)];
            var sealedChunk = target.Slice(i * (ChunkLength + TagLength), chunk.Length + TagLength);
            WriteNonce(i, i == chunks - 1, chunkNonce);
            cipher.Encrypt(chunkNonce, chunk, sealedChunk[..^TagLength], sealedChunk[^TagLength..]);
        }
    }

    public static byte[] Decrypt(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> payload)
    {
        using var cipher = CreateCipher(fileKey, nonce);
        Span<byte> chunkNonce = stackalloc byte[12];
        var chunks = ChunksOf(payload.Length, ChunkLength + TagLength);
        var last = payload.Length - (chunks - 1) * (ChunkLength + TagLength);

        // An empty last chunk stands only where there is nothing at all: each content has one form.
        if (last < TagLength || (last == TagLength && chunks > 1))
            throw Damaged();

        var plain = new byte[payload.Length - chunks * TagLength];

        for (var i = 0; i < chunks; i++)
        {
            var isLast = i == chunks - 1;
            var chunk = payload.Slice(i * (ChunkLength + TagLength), isLast ? last : ChunkLength + TagLength);
            WriteNonce(i, isLast, chunkNonce);
            Open(cipher, chunkNonce, chunk, plain.AsSpan(i * ChunkLength, chunk.Length - TagLength));
        }

        return plain;
    }

    static void Open(ChaCha20Poly1305 cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> chunk, Span<byte> plain)
    {
        try
        {
            cipher.Decrypt(nonce, chunk[..^TagLength], chunk[^TagLength..], plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged();
        }
    }

    static ChaCha20Poly1305 CreateCipher(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> nonce)
    {
        using var key = new SecretBytes(32);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, fileKey, key.Span, nonce, "payload"u8);
        return new ChaCha20Poly1305(key.Span);
    }

    static void WriteNonce(int number, bool final, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt32BigEndian(nonce[7..], number);
        nonce[11] = final ? (byte)1 : (byte)0;
    }

    static int ChunksOf(int length, int chunkLength) => Math.Max(1, (length - 1) / chunkLength + 1);

    static CodecException Damaged() => new(CodecFailure.Damaged, "the payload of the age file is damaged or cut off");
}
