using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Amazon.Runtime;
using Amazon.S3;

namespace TomoBackup.Storage.S3;

/// <summary>The SDK's client, twice: one that keeps its connections, and one that makes a new one for each request. A
/// second attempt takes the latter, for the old connection may lead to the very machine that failed.</summary>
sealed class S3Connections : IDisposable
{
    readonly HttpClient _kept;
    readonly HttpClient _fresh;

    public S3Connections(S3Options options)
    {
        Signs = new ServerSigns(options.Time);
        var throttle = new UploadThrottle(options.UploadLimit, options.Time);
        var authorities = Authorities(options.CertificateAuthorityFile);
        _kept = NewTransport(options, throttle, Signs, authorities, TimeSpan.FromMinutes(2));
        _fresh = NewTransport(options, throttle, Signs, authorities, TimeSpan.Zero);
        Kept = NewClient(options, _kept);
        Fresh = NewClient(options, _fresh);
    }

    public ServerSigns Signs { get; }

    /// <summary>For first attempts.</summary>
    public ClockedS3Client Kept { get; }

    /// <summary>For further attempts.</summary>
    public ClockedS3Client Fresh { get; }

    public void Dispose()
    {
        Kept.Dispose();
        Fresh.Dispose();
        _kept.Dispose();
        _fresh.Dispose();
    }

    [SuppressMessage("Security", "CA5398", Justification = "the promise is TLS 1.2 or newer, whatever the system says")]
    static HttpClient NewTransport(
        S3Options options, UploadThrottle throttle, ServerSigns signs, X509Certificate2Collection? authorities,
        TimeSpan lifetime)
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a redirect could lead from https to http
            ConnectTimeout = options.Retry.ConnectTime,
            PooledConnectionLifetime = lifetime,
            UseCookies = false,
            UseProxy = !S3Options.IsThisMachine(options.Endpoint),
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = PolicyOf(authorities),
            },
        };

        return new HttpClient(new WatchedTransport(sockets, options, throttle, signs))
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    static X509Certificate2Collection? Authorities(string? file)
    {
        if (file is null)
            return null;

        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(file);

        return found.Count > 0
            ? found
            : throw new InvalidDataException($"'{file}' holds no certificate of an authority");
    }

    static X509ChainPolicy? PolicyOf(X509Certificate2Collection? authorities)
    {
        if (authorities is null)
            return null;

        // An authority of one's own publishes no revocations that could be asked for.
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    static ClockedS3Client NewClient(S3Options options, HttpClient transport)
        => new(new AskedCredentials(options.Credentials), new AmazonS3Config
        {
            ServiceURL = options.Endpoint.ToString(),
            AuthenticationRegion = options.Region,
            ForcePathStyle = options.UsePathStyle,
            IgnoreConfiguredEndpointUrls = true,
            // Attempts are ours (S3Attempts). The second number is another loop of the SDK's, of ten rounds, which
            // sends a put again whose reply was lost.
            MaxErrorRetry = 0,
            MaxStaleConnectionRetries = 0,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = new OneClient(transport),
        });

    sealed class OneClient(HttpClient client) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }

    sealed class AskedCredentials(Func<S3Credentials> ask) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials()
        {
            var given = ask();
            return new ImmutableCredentials(given.AccessKey, given.Secret, token: null);
        }
    }
}
