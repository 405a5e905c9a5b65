using System.Security.Cryptography;
using TomoBackup.Storage;

namespace TomoBackup.Codecs;

/// <summary>The data key of an epoch. Lives pinned and is zeroed on dispose; its text never shows it.</summary>
public sealed class EpochKey : IDisposable
{
    /// <summary>Bytes of the key, and of what an epoch's age file holds.</summary>
    public const int Length = 32;

    /// <summary>Bytes of <see cref="Commitment"/>.</summary>
    public const int CommitmentLength = 32;

    readonly SecretBytes _bytes;

    /// <summary>Copies exactly 32 bytes; the caller zeroes its own.</summary>
    public EpochKey(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length, nameof(bytes));
        _bytes = new SecretBytes(bytes);
    }

    EpochKey(SecretBytes bytes) => _bytes = bytes;

    /// <summary>The key itself, for wrapping it to recipients. Valid until dispose.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>A new random key.</summary>
    public static EpochKey New(IEntropy entropy)
    {
        var bytes = new SecretBytes(Length);
        entropy.Fill(bytes.Span);
        return new EpochKey(bytes);
    }

    /// <summary>
    /// What the epoch's signed record says of the key without giving it away (format §5). A key with another
    /// commitment is not the epoch's, even if an age file with the right name held it.
    /// </summary>
    public byte[] Commitment()
    {
        var commitment = new byte[CommitmentLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Bytes, commitment, salt: [], info: "tomo-backup/v1/epoch"u8);
        return commitment;
    }

    /// <summary>Compares in constant time.</summary>
    public bool Matches(ReadOnlySpan<byte> commitment)
        => CryptographicOperations.FixedTimeEquals(Commitment(), commitment);

    /// <inheritdoc/>
    public override string ToString() => "***";

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();
}
