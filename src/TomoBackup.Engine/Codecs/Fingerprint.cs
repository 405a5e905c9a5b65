using System.Security.Cryptography;

namespace TomoBackup.Codecs;

/// <summary>
/// SHA-256 of a signing key's public half (DER SubjectPublicKeyInfo). It stands on the escrow sheet and in identity
/// files: age knows no sender, so this is what a reader must trust.
/// </summary>
public readonly record struct Fingerprint
{
    readonly Bytes32 _value;

    Fingerprint(Bytes32 value) => _value = value;

    /// <summary>The fingerprint of a public key in DER.</summary>
    public static Fingerprint Of(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(subjectPublicKeyInfo, hash);
        return new Fingerprint(Bytes32.Read(hash));
    }

    /// <summary>Reads 64 lower-case hex digits; <see cref="FormatException"/> for anything else.</summary>
    public static Fingerprint Parse(ReadOnlySpan<char> text)
        => TryParse(text, out var fingerprint)
            ? fingerprint
            : throw new FormatException($"'{text}' is not the fingerprint of a signing key");

    /// <summary>Reads 64 lower-case hex digits; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Fingerprint fingerprint)
    {
        var parsed = Bytes32.TryParse(text, out var value);
        fingerprint = new Fingerprint(value);
        return parsed;
    }

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => _value.ToString();
}
