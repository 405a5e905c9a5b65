using System.Security.Cryptography;
using System.Text;
using TomoBackup.Codecs;

namespace TomoBackup.Tests.Codecs;

public sealed class SigningKeyTests
{
    [Fact]
    public void Comes_back_from_PEM_as_the_same_key()
    {
        using var key = SigningKey.Generate();
        var pem = key.ExportPem();
        using var again = SigningKey.ImportPem(pem);

        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\n", Encoding.ASCII.GetString(pem), StringComparison.Ordinal);
        Assert.Equal(key.Fingerprint, again.Fingerprint);
        Assert.Equal("p"u8, Dsse.Open(Dsse.Sign(DocumentType.Epoch, "p"u8, again), DocumentType.Epoch, key.Public));
    }

    [Fact]
    public void OpenSSL_reads_the_key_and_we_read_OpenSSLs()
    {
        using var openssl = new OtherProgram("openssl");
        using var key = SigningKey.Generate();

        var spki = openssl.Run(key.ExportPem(), "pkey", "-pubout", "-outform", "DER");
        Assert.Equal(key.Fingerprint, Fingerprint.Of(spki));

        var theirs = openssl.Run([], "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
        using var imported = SigningKey.ImportPem(theirs);
        Assert.Equal(Fingerprint.Of(openssl.Run(theirs, "pkey", "-pubout", "-outform", "DER")), imported.Fingerprint);
    }

    [Fact]
    public void Fingerprint_is_the_hash_of_the_public_key_in_DER()
    {
        using var key = SigningKey.Generate();

        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(key.Public.Spki.Span)), $"{key.Public.Fingerprint}");
        Assert.Equal(key.Fingerprint, VerifyingKey.FromSpki(key.Public.Spki.Span).Fingerprint);
        Assert.Equal(key.Fingerprint, Fingerprint.Parse(key.Fingerprint.ToString()));
    }

    [Fact]
    public void Refuses_keys_of_another_curve_or_kind()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);

        AssertInvalid(() => SigningKey.ImportPem(Encoding.ASCII.GetBytes(p384.ExportPkcs8PrivateKeyPem())));
        AssertInvalid(() => SigningKey.ImportPem(Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem())));
        AssertInvalid(() => SigningKey.ImportPem("nothing"u8));
        AssertInvalid(() => VerifyingKey.FromSpki(p384.ExportSubjectPublicKeyInfo()));
        AssertInvalid(() => VerifyingKey.FromSpki(rsa.ExportSubjectPublicKeyInfo()));
        AssertInvalid(() => VerifyingKey.FromSpki([]));
    }

    [Fact]
    public void Refuses_keys_in_another_form()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        AssertInvalid(() => SigningKey.ImportPem(Encoding.ASCII.GetBytes(key.ExportECPrivateKeyPem())));
        AssertInvalid(() => SigningKey.ImportPem(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem())));
        AssertInvalid(() => VerifyingKey.FromSpki([.. key.ExportSubjectPublicKeyInfo(), 0]));
    }

    static void AssertInvalid(Action action)
        => Assert.Equal(CodecFailure.Invalid, Assert.Throws<CodecException>(action).Failure);
}
