namespace TomoBackup.Retention;

/// <summary>What a run found, and what it did.</summary>
sealed record ExpireReport
{
    public required string Cluster { get; init; }

    public required string Repository { get; init; }

    /// <summary>True where nothing was to be changed.</summary>
    public required bool PlanOnly { get; init; }

    public required RetentionPlan Plan { get; init; }

    /// <summary>Why nothing was removed, or would be; empty where nothing speaks against it.</summary>
    public required IReadOnlyList<Refusal> Refusals { get; init; }

    /// <summary>What could not be understood in the repository: one sentence each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public required Removal Removed { get; init; }

    /// <summary>What the bucket's own rules will do.</summary>
    public required LifecycleForecast Forecast { get; init; }

    /// <summary>True where the policy declares such rules.</summary>
    public required bool HasLifecycle { get; init; }

    /// <summary>True where the policy says that this host's key may not delete, or the store refused it.</summary>
    public bool MayNotDelete { get; init; }

    /// <summary>How the command ends.</summary>
    public ErrorCode Result
        => !PlanOnly && !MayNotDelete && Refusals.Count > 0 ? ErrorCode.Refused
            : Refusals.Count > 0 || Problems.Count > 0 || IsForecastBad ? ErrorCode.Warnings
            : ErrorCode.Ok;

    /// <summary>True where the bucket's rules matter and do not fit the plan.</summary>
    public bool IsForecastBad
        => (HasLifecycle || MayNotDelete) && Forecast.Conflicts.Count > 0
            || (MayNotDelete && !HasLifecycle && Forecast.Remarks.Count > 0);
}

/// <summary>What was removed.</summary>
sealed record Removal(int Backups, int Unfinished, long Segments, long Objects, long Bytes)
{
    /// <summary>Nothing.</summary>
    public static Removal Nothing { get; } = new(0, 0, 0, 0, 0);
}
