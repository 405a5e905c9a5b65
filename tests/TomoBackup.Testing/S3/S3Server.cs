using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using TomoBackup.Storage.S3;

namespace TomoBackup.Testing.S3;

/// <summary>A real server that speaks S3, without anything of ours between.</summary>
/// <param name="endpoint">Where it listens.</param>
/// <param name="accessKey">A key that may do everything.</param>
/// <param name="secret">Its secret.</param>
public abstract class S3Server(Uri endpoint, string accessKey, string secret) : IDisposable
{
    int _buckets;

    /// <summary>Where it listens.</summary>
    public Uri Endpoint { get; } = endpoint;

    /// <summary>Another client than the store's, for looking at what it did and for spoiling it.</summary>
    public AmazonS3Client Client { get; } = new(
        new BasicAWSCredentials(accessKey, secret),
        new AmazonS3Config
        {
            ServiceURL = endpoint.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            MaxErrorRetry = 0,
            Timeout = TimeSpan.FromSeconds(20),
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    /// <summary>The key that may do everything.</summary>
    public S3Credentials Credentials { get; } = new(accessKey, secret);

    /// <summary>Makes a bucket of one test's own.</summary>
    public async Task<string> NewBucketAsync(bool hasLocks = false)
    {
        var name = $"tomo-test-{Interlocked.Increment(ref _buckets):D4}";
        await Client.PutBucketAsync(new PutBucketRequest { BucketName = name, ObjectLockEnabledForBucket = hasLocks });
        return name;
    }

    /// <summary>Options for a store in a bucket, with short waits and pages: a test's server is near.</summary>
    public S3Options OptionsFor(string bucket) => new()
    {
        Endpoint = Endpoint,
        Bucket = bucket,
        Prefix = "repository/a",
        Region = "us-east-1",
        Credentials = () => Credentials,
        PartBytes = 5 << 20,
        PageKeys = 4,
        HeadBytes = 0,
        Retry = new S3RetryOptions
        {
            Attempts = 4,
            FirstDelay = TimeSpan.FromMilliseconds(1),
            MostDelay = TimeSpan.FromMilliseconds(20),
            StallTime = TimeSpan.FromSeconds(20),
        },
    };

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Client.Dispose();
}
