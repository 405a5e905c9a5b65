using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TomoBackup.Testing.S3;

/// <summary>An authority that no machine knows, and certificates of it for servers on this machine.</summary>
public sealed class TestAuthority(string name) : IDisposable
{
    readonly X509Certificate2 _certificate = New(name);

    /// <summary>Its own certificate, without its key, as a file of trusted authorities holds it.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>A certificate for 127.0.0.1, with its key.</summary>
    public X509Certificate2 CertifyServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var bare = request.Create(_certificate, now.AddHours(-1), now.AddHours(1), [1, 2, 3]);
        using var whole = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose() => _certificate.Dispose();

    static X509Certificate2 New(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
