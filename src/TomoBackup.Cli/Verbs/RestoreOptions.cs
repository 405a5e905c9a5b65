namespace TomoBackup.Cli.Verbs;

/// <summary>What a person asked <c>restore</c> for; contradictions were refused before.</summary>
sealed record RestoreOptions
{
    /// <summary>The backup to begin from; null lets the planner choose.</summary>
    public string? Backup { get; init; }

    /// <summary>Where recovery ends.</summary>
    public required RestoreTarget Target { get; init; }

    /// <summary>Stop before the target instead of behind it.</summary>
    public bool Exclusive { get; init; }

    /// <summary>The timeline to follow; null for the planner's choice.</summary>
    public uint? Timeline { get; init; }

    /// <summary>A new or empty directory; null for the cluster's own (<c>--in-place</c>).</summary>
    public string? Into { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool PlanOnly { get; init; }

    /// <summary>Start the server and watch recovery to its target.</summary>
    public bool Start { get; init; }

    /// <summary>Stay read-only at the target.</summary>
    public bool Pause { get; init; }

    /// <summary>New places of tablespaces, by old place.</summary>
    public required IReadOnlyDictionary<string, string> Tablespaces { get; init; }

    /// <summary>The recovery identity; null for that of the policy.</summary>
    public string? Identity { get; init; }

    /// <summary>A store's address, for a machine without a policy; null for the policy's repository.</summary>
    public string? From { get; init; }
}

/// <summary>Where recovery ends: a closed family.</summary>
abstract record RestoreTarget
{
    RestoreTarget()
    {
    }

    /// <summary>The last moment that WAL reaches.</summary>
    public sealed record Latest : RestoreTarget;

    /// <summary>The end of the backup.</summary>
    public sealed record Immediate : RestoreTarget;

    /// <summary>A moment.</summary>
    public sealed record Time(PointInTime Moment) : RestoreTarget;

    /// <summary>A position in WAL, as PostgreSQL prints it.</summary>
    public sealed record Position(string Lsn) : RestoreTarget;

    /// <summary>A restore point that pg_create_restore_point named.</summary>
    public sealed record Name(string Value) : RestoreTarget;
}
