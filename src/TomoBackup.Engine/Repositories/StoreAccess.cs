namespace TomoBackup.Repositories;

/// <summary>How a store is reached that an address does not say all of: what a recovery carries with it, for the
/// server's user alone. Printing one shows no secret.</summary>
sealed record StoreAccess
{
    public required Uri Endpoint { get; init; }

    public required string Region { get; init; }

    /// <summary>Path of a PEM file; null for this machine's authorities.</summary>
    public string? CertificateAuthority { get; init; }

    public required string AccessKey { get; init; }

    public required string SecretKey { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"access to '{Endpoint}'";
}
