using System.Security.Cryptography;

namespace TomoBackup.Codecs;

/// <summary>
/// The secret half of a host's signing key: ECDSA over P-256. Both its making and its signatures take their chance from
/// OpenSSL, not from <see cref="Storage.IEntropy"/>: a predictable signature would give the key away. One thread at a
/// time.
/// </summary>
public sealed class SigningKey : IDisposable
{
    readonly ECDsa _key;

    SigningKey(ECDsa key)
    {
        _key = key;
        Public = VerifyingKey.FromSpki(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>The half that others verify with; it lives on when this one is disposed.</summary>
    public VerifyingKey Public { get; }

    /// <summary>What people compare and trust.</summary>
    public Fingerprint Fingerprint => Public.Fingerprint;

    /// <summary>A new key.</summary>
    public static SigningKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads an unencrypted PKCS#8 key in PEM, and nothing else.</summary>
    /// <exception cref="CodecException"><see cref="CodecFailure.Invalid"/>.</exception>
    public static SigningKey ImportPem(ReadOnlySpan<byte> pem)
    {
        if (!PemEncoding.TryFindUtf8(pem, out var fields) || !pem[fields.Label].SequenceEqual("PRIVATE KEY"u8))
            throw new CodecException(CodecFailure.Invalid, "the signing key is not an unencrypted PKCS#8 key in PEM");

        using var der = new SecretBytes(fields.DecodedDataLength);
        System.Buffers.Text.Base64.DecodeFromUtf8(pem[fields.Base64Data], der.Span, out _, out _);
        return ImportDer(der.Span);
    }

    /// <summary>PKCS#8 in PEM, secret: for a file with mode 0600. The caller zeroes it.</summary>
    public byte[] ExportPem()
    {
        var der = _key.ExportPkcs8PrivateKey();

        try
        {
            return [.. PemEncoding.WriteUtf8("PRIVATE KEY"u8, der), (byte)'\n'];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    /// <summary>Never the key.</summary>
    public override string ToString() => $"signing key '{Fingerprint}'";

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    internal byte[] Sign(ReadOnlySpan<byte> message)
        => _key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    static SigningKey ImportDer(ReadOnlySpan<byte> der)
    {
        var key = ECDsa.Create();

        try
        {
            key.ImportPkcs8PrivateKey(der, out var read);
            VerifyingKey.DemandP256(key, read == der.Length);
            return new SigningKey(key);
        }
        catch (CryptographicException e)
        {
            key.Dispose();
            throw new CodecException(CodecFailure.Invalid, "the signing key is not a private key on P-256", e);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
