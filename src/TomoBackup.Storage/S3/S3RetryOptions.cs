namespace TomoBackup.Storage.S3;

/// <summary>How long a store tries before it calls itself unreachable. Providers expect to be tried again: a vault of
/// Backblaze's may be under maintenance for half an hour.</summary>
public sealed record S3RetryOptions
{
    /// <summary>Attempts for one request, the first included.</summary>
    public int Attempts
    {
        get;
        init => field = value is > 0 and <= 1000
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "attempts must be between 1 and 1000");
    } = 8;

    /// <summary>The longest wait before the second attempt; it doubles with each further one.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>No wait of our own choice is longer.</summary>
    public TimeSpan MostDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A server that asks for a longer wait than this (Retry-After) is unreachable.</summary>
    public TimeSpan MostPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>An attempt that moves fewer than <see cref="LeastBytes"/> in this time is abandoned.</summary>
    public TimeSpan StallTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a server may be silent while it joins the parts of an object.</summary>
    public TimeSpan JoinTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a connection may take, name and TLS included.</summary>
    public TimeSpan ConnectTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Bytes that count as progress: a server that sends one a second would otherwise hold us for years.
    /// </summary>
    public int LeastBytes { get; init; } = 64 * 1024;
}
