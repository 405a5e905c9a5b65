namespace TomoBackup.Following;

/// <summary>What one run of a copy did.</summary>
public sealed record FollowReport
{
    /// <summary>Name of the repository that follows.</summary>
    public required string Repository { get; init; }

    /// <summary>Name of the one that it follows.</summary>
    public required string Follows { get; init; }

    /// <summary>True where nothing was copied because only the plan was asked for; the counts are the plan's.</summary>
    public required bool PlanOnly { get; init; }

    /// <summary>WAL files copied, PostgreSQL's notes on backups among them.</summary>
    public required int WalFiles { get; init; }

    /// <summary>Backups that are complete there now.</summary>
    public required int Backups { get; init; }

    /// <summary>Objects copied and found right.</summary>
    public required int Objects { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Objects that its own retention would not keep.</summary>
    public required int Unwanted { get; init; }

    /// <summary>How long the oldest WAL that it lacks has waited in the other repository; zero where it lacks
    /// none.</summary>
    public required TimeSpan Lag { get; init; }

    /// <summary>Bytes of all that it lacks.</summary>
    public required long LagBytes { get; init; }

    /// <summary>What could not be copied although both stores answered: one sentence each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
