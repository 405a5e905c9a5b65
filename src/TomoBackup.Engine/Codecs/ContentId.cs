using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TomoBackup.Codecs;

/// <summary>
/// A name for content that only holders of the id key can compute: the same file pushed twice has the same name, and a
/// stranger who reads the listing cannot test whether a file he knows is among them (format §1).
/// </summary>
public readonly record struct ContentId
{
    /// <summary>Bytes in binary form; the text has twice as many digits.</summary>
    public const int Length = 16;

    const int DigestBytes = 16;
    const int DerivedKeyBytes = 32;

    readonly UInt128 _value;

    ContentId(ReadOnlySpan<byte> bytes) => _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>The id of a file of PostgreSQL's archive.</summary>
    /// <param name="key">The lineage's id key.</param>
    /// <param name="name">PostgreSQL's name of the file, printable ASCII.</param>
    /// <param name="plain">All its bytes.</param>
    public static ContentId Compute(IdKey key, string name, ReadOnlySpan<byte> plain)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException($"'{name}' is not the name of an archived file", nameof(name));

        Span<byte> digest = stackalloc byte[DigestBytes];
        Digest(key, plain, digest);

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Bytes);
        hmac.AppendData(Encoding.ASCII.GetBytes(name));
        hmac.AppendData([0]);
        hmac.AppendData(digest);

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(hash);
        return new ContentId(hash[..Length]);
    }

    // GHASH under a secret key is a universal hash: whoever lacks the key cannot find two contents with one digest. It
    // is several times as fast as HMAC-SHA-256, which here reads these few bytes only, and lets none of the digest out;
    // that is why the nonce may stay the same (docs/decisions/0012).
    static void Digest(IdKey key, ReadOnlySpan<byte> plain, Span<byte> digest)
    {
        Span<byte> derived = stackalloc byte[DerivedKeyBytes];
        Span<byte> nonce = stackalloc byte[12];
        nonce.Clear();
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, derived, [], "tomo-backup/v1/content"u8);

        try
        {
            using var cipher = new AesGcm(derived, DigestBytes);
            cipher.Encrypt(nonce, [], [], digest, plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Reads 32 lower-case hex digits; <see cref="FormatException"/> for anything else.</summary>
    public static ContentId Parse(ReadOnlySpan<char> text)
        => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a content id");

    /// <summary>Reads 32 lower-case hex digits; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ContentId id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var parsed = LowerHex.TryParse(text, bytes);
        id = parsed ? new ContentId(bytes) : default;
        return parsed;
    }

    /// <summary>32 lower-case hex digits, as in keys of objects.</summary>
    public override string ToString() => _value.ToString("x32", null);
}
