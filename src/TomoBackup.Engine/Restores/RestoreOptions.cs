namespace TomoBackup.Restores;

/// <summary>What one restore is asked to do.</summary>
public sealed record RestoreOptions
{
    /// <summary>Where to arrive.</summary>
    public required RestoreTarget Target { get; init; }

    /// <summary>The directory to restore into, absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>Restores over the cluster's own directory: salvages its WAL first, and moves it aside.</summary>
    public bool InPlace { get; init; }

    /// <summary>A certain backup; null lets the planner choose.</summary>
    public string? Backup { get; init; }

    /// <summary>A certain timeline; null for the newest in the archive.</summary>
    public uint? Timeline { get; init; }

    /// <summary>Where tablespaces go: their old location to a new, empty directory.</summary>
    public IReadOnlyDictionary<string, string> Tablespaces { get; init; } = new Dictionary<string, string>();

    /// <summary>Starts the server and watches recovery to the planned position.</summary>
    public bool Start { get; init; }

    /// <summary>Pauses at the target instead of opening for writes.</summary>
    public bool Pause { get; init; }

    /// <summary>Takes a backup that is not good (damaged source) where no good one serves.</summary>
    public bool AcceptDamaged { get; init; }

    /// <summary>Files restored at once.</summary>
    public int Workers { get; init; } = Math.Min(Environment.ProcessorCount, 8);

    /// <summary>Settings for the start of the server, over all configuration files.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Leaves the old directory's WAL alone; it is only moved aside with everything else.</summary>
    public bool SkipSalvage { get; init; }

    /// <summary>PostgreSQL's program folder for <see cref="Start"/>; null to look for one of the right
    /// version.</summary>
    public string? PostgresBinaries { get; init; }
}
