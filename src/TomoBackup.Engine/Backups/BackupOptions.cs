using TomoBackup.Policies;

namespace TomoBackup.Backups;

/// <summary>What one backup is asked to do.</summary>
public sealed record BackupOptions
{
    /// <summary>Which kind.</summary>
    public BackupRequest Request { get; init; } = BackupRequest.Full;

    /// <summary>When a full backup is due; null where no schedule says so.</summary>
    public Schedule? FullSchedule { get; init; }

    /// <summary>When an incremental backup is due; null where no schedule says so.</summary>
    public Schedule? IncrementalSchedule { get; init; }

    /// <summary>When an incremental backup that is due is audited as well; null for never.</summary>
    public Schedule? AuditSchedule { get; init; }

    /// <summary>Incremental backups of one generation, after which a full one is taken.</summary>
    public int MaxChain { get; init; } = new BackupTuning().MaxChain;

    /// <summary>True to compare the result with the cluster, page by page, before it is published.</summary>
    public bool Audit { get; init; }

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

/// <summary>Which kind of backup is asked for.</summary>
public enum BackupRequest
{
    /// <summary>A full one, which begins a generation.</summary>
    Full,

    /// <summary>An incremental one; a full one where none can be.</summary>
    Incremental,

    /// <summary>What the policy's schedule says is due, if anything is. Where there is no schedule, an incremental
    /// one.</summary>
    Due,
}
