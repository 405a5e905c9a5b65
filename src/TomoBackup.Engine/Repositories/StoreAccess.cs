namespace TomoBackup.Repositories;

/// <summary>How a store is reached that an address does not say all of: what a recovery carries with it, for the
/// server's user alone. Printing one shows no secret.</summary>
sealed record StoreAccess
{
    /// <summary>Of a bucket.</summary>
    public Uri? Endpoint { get; init; }

    public string? Region { get; init; }

    /// <summary>Path of a PEM file; null for this machine's authorities.</summary>
    public string? CertificateAuthority { get; init; }

    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary>Looked at as it was then; null for as it is.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Of a server of SSH: paths, and a fingerprint.</summary>
    public string? SshKey { get; init; }

    public string? KnownHosts { get; init; }

    public string? HostKey { get; init; }

    /// <summary>Of a remote of rclone: a path.</summary>
    public string? RcloneConfiguration { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"access to '{Endpoint}'";
}
