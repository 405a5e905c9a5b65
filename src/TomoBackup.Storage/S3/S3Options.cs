using System.Net;

namespace TomoBackup.Storage.S3;

/// <summary>A bucket, how it is reached and how objects are put there. Holds no secret: it knows whom to ask.</summary>
public sealed record S3Options
{
    const int LeastPartBytes = 5 << 20; // S3 refuses smaller parts, but for the last
    const int MostPartBytes = 1 << 30;

    /// <summary>Where the service listens: <c>https://s3.example.com</c>. Plain http is for this
    /// machine only.</summary>
    public required Uri Endpoint
    {
        get;
        init => field = IsSafe(value)
            ? value
            : throw new ArgumentException(
                $"the endpoint '{value}' is no https address; plain http is for this machine only", nameof(value));
    }

    /// <summary>The bucket, which exists: a store never makes one, for an empty bucket would hide the loss of the old
    /// one.</summary>
    public required string Bucket { get; init; }

    /// <summary>What all keys begin with, without a slash at its end; empty for the whole bucket.</summary>
    public string Prefix
    {
        get;
        init => field = value.Length == 0 || ObjectKey.IsValid(value)
            ? value
            : throw new ArgumentException($"'{value}' is no prefix for object keys", nameof(value));
    } = "";

    /// <summary>The region that requests are signed for.</summary>
    public required string Region { get; init; }

    /// <summary>The bucket stands in the path, not in the host's name.</summary>
    public bool UsePathStyle { get; init; } = true;

    /// <summary>A PEM file with the only authorities whose certificates are trusted; null for the system's.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>Asked for each request, so that a rotated key is taken up.</summary>
    public required Func<S3Credentials> Credentials { get; init; }

    /// <summary>Encryption by the server: <c>AES256</c>, or null to leave it to the bucket.</summary>
    public string? ServerSideEncryption
    {
        get;
        init => field = value is null or "AES256"
            ? value
            : throw new ArgumentException($"'{value}' is no encryption by the server: AES256", nameof(value));
    }

    /// <summary>Bytes per second of all uploads of this store together; null for no limit.</summary>
    public long? UploadLimit
    {
        get;
        init => field = value is null or > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "an upload limit must be above zero");
    }

    /// <summary>An object up to this many bytes is one request; a longer one goes in parts of this size.</summary>
    public int PartBytes
    {
        get;
        init => field = value is >= LeastPartBytes and <= MostPartBytes
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "a part has 5 MiB to 1 GiB");
    } = 16 << 20;

    /// <summary>Parts under way at once, for all objects of this store together. Memory: this many parts, and one for
    /// each object being written.</summary>
    public int PartsInFlight
    {
        get;
        init => field = value is > 0 and <= 256
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "parts in flight must be 1 to 256");
    } = 4;

    /// <summary>Keys in one page of a listing; the most that S3 gives, but for tests.</summary>
    internal int PageKeys { get; init; } = 1000;

    /// <summary>Bytes of an object that come when it is opened; none for tests of the reads that follow.</summary>
    internal int HeadBytes { get; init; } = 64 << 10;

    /// <summary>Locks new objects; null for none.</summary>
    public S3ObjectLock? Lock { get; init; }

    /// <summary>Looks at the bucket as it was then, through delete markers and newer versions, and writes nothing; null
    /// for the bucket as it is. Services note it to the second.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>What is known of the service; null to go by its host (<see cref="StoreCapabilities.Of"/>).</summary>
    public StoreCapabilities? Capabilities { get; init; }

    /// <summary>How long a request is tried.</summary>
    public S3RetryOptions Retry { get; init; } = new();

    /// <summary>Waits and time-outs go by it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Scatters waits, and marks what this store wrote.</summary>
    public IEntropy Entropy { get; init; } = SystemEntropy.Instance;

    static bool IsSafe(Uri endpoint)
        => endpoint is { IsAbsoluteUri: true, UserInfo: "" }
            && (endpoint.Scheme == Uri.UriSchemeHttps
                || (endpoint.Scheme == Uri.UriSchemeHttp && IsThisMachine(endpoint)));

    internal static bool IsThisMachine(Uri endpoint)
        => endpoint.DnsSafeHost == "localhost"
            || (IPAddress.TryParse(endpoint.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
}
