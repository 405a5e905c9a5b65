namespace TomoBackup.Verification;

/// <summary>What one verification is asked to do.</summary>
public sealed record VerifyOptions
{
    /// <summary>Read every byte and open every frame, which needs keys. Without it, listings, signatures and hashes of
    /// the small documents are checked, which needs none.</summary>
    public bool Deep { get; init; }

    /// <summary>Objects read at once.</summary>
    public int Workers
    {
        get;
        init => field = value is > 0 and <= 256
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "workers must be between 1 and 256");
    } = Math.Min(Environment.ProcessorCount, 8);

    /// <summary>The id of one backup, or its beginning, to look at nothing but this backup; null for all that the
    /// repository holds of the cluster.</summary>
    public string? Backup { get; init; }
}
