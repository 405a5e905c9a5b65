using System.Security.Cryptography;

namespace TomoBackup.Codecs;

/// <summary>
/// The key of one pack and the commitment to it (format §6). The commitment is compared before anything is decrypted:
/// AES-GCM alone does not bind a ciphertext to one key. One thread at a time.
/// </summary>
sealed class PackKey : IDisposable
{
    public const int TagLength = 16;

    const int KeyLength = 32;

    PackKey(AesGcm cipher, byte[] commitment)
    {
        Cipher = cipher;
        Commitment = commitment;
    }

    public AesGcm Cipher { get; }

    public byte[] Commitment { get; }

    /// <summary>HKDF's info: the label, then the suite as one byte.</summary>
    static ReadOnlySpan<byte> Label => "tomo-backup/v1/pack\x01"u8;

    public static PackKey Derive(EpochKey epochKey, PackId id)
    {
        Span<byte> salt = stackalloc byte[PackId.Length];
        id.CopyTo(salt);

        using var derived = new SecretBytes(KeyLength + EpochKey.CommitmentLength);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, epochKey.Bytes, derived.Span, salt, Label);
        return new PackKey(new AesGcm(derived.Span[..KeyLength], TagLength), derived.Span[KeyLength..].ToArray());
    }

    /// <summary>The key of a pack that exists; refuses an epoch key that the pack does not commit to.</summary>
    public static PackKey Derive(EpochKey epochKey, PackHeader header)
    {
        var key = Derive(epochKey, header.Id);

        if (CryptographicOperations.FixedTimeEquals(key.Commitment, header.Commitment))
            return key;

        key.Dispose();
        throw new CodecException(CodecFailure.WrongKey, $"pack '{header.Id}' was not written with this epoch's key");
    }

    public void Dispose() => Cipher.Dispose();
}
