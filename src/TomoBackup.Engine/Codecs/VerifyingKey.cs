using System.Security.Cryptography;

namespace TomoBackup.Codecs;

/// <summary>The public half of a signing key. Immutable; may be used from several threads.</summary>
public sealed class VerifyingKey
{
    const string P256 = "1.2.840.10045.3.1.7";

    readonly byte[] _spki;

    VerifyingKey(byte[] spki)
    {
        _spki = spki;
        Fingerprint = Fingerprint.Of(spki);
    }

    /// <summary>What people compare and trust.</summary>
    public Fingerprint Fingerprint { get; }

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public ReadOnlyMemory<byte> Spki => _spki;

    /// <summary>Reads a public key on P-256 in DER, in the one form that we write, since its fingerprint is over the
    /// form.</summary>
    /// <exception cref="CodecException"><see cref="CodecFailure.Invalid"/>.</exception>
    public static VerifyingKey FromSpki(ReadOnlySpan<byte> spki)
    {
        using var key = Import(spki);
        return new VerifyingKey(spki.ToArray());
    }

    /// <inheritdoc/>
    public override string ToString() => $"signing key '{Fingerprint}'";

    internal bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var key = Import(_spki);
        return key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    internal static void DemandP256(ECDsa key, bool isWhole)
    {
        if (!isWhole || key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != P256)
            throw new CodecException(CodecFailure.Invalid, "the signing key is not a key on P-256");
    }

    static ECDsa Import(ReadOnlySpan<byte> spki)
    {
        var key = ECDsa.Create();

        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            DemandP256(key, read == spki.Length && key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(spki));
            return key;
        }
        // A curve that OpenSSL does not know: one flipped bit makes one.
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            key.Dispose();
            throw new CodecException(CodecFailure.Invalid, "the signing key is not a public key on P-256", e);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
