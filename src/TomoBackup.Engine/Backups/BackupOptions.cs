namespace TomoBackup.Backups;

/// <summary>What one backup is asked to do.</summary>
public sealed record BackupOptions
{
    /// <summary>The user's own words for it; null for none.</summary>
    public string? Label { get; init; }

    /// <summary>Further notes, kept with the backup.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Files copied at once.</summary>
    public int Workers
    {
        get;
        init => field = value is > 0 and <= 256
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "workers must be between 1 and 256");
    } = Math.Min(Environment.ProcessorCount, 8);

    /// <summary>zstd level. 1 gives nearly level 3's size at twice its speed on PostgreSQL pages (design §9).</summary>
    public int CompressionLevel
    {
        get;
        init => field = value is >= 1 and <= 19
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "compression level must be between 1 and 19");
    } = 1;

    /// <summary>Checkpoint at once, rather than spread over minutes while the backup waits.</summary>
    public bool FastCheckpoint { get; init; } = true;

    /// <summary>How long to wait for the last WAL segment to arrive in the repository.</summary>
    public TimeSpan WalTimeout { get; init; } = TimeSpan.FromMinutes(10);
}
