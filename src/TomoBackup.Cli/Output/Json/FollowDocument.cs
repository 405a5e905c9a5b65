using TomoBackup.Following;

namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>follow --json</c> answers.</summary>
/// <param name="Repositories">In the policy's order.</param>
sealed record FollowDocument(IReadOnlyList<FollowedRepositoryDocument> Repositories)
{
    public static FollowDocument Of(IReadOnlyList<FollowReport> reports)
        => new([.. reports.Select(FollowedRepositoryDocument.Of)]);
}

/// <summary>One repository of <see cref="FollowDocument"/>, and a line of <c>follow --watch --json</c>.</summary>
sealed record FollowedRepositoryDocument
{
    public required string Repository { get; init; }

    public required string Follows { get; init; }

    /// <summary>True where nothing was copied; the counts are then of what would be.</summary>
    public required bool PlanOnly { get; init; }

    public required int Objects { get; init; }

    public required long Bytes { get; init; }

    public required int WalFiles { get; init; }

    public required int Backups { get; init; }

    /// <summary>Left out: its own retention would not keep them.</summary>
    public required int Unwanted { get; init; }

    /// <summary>How long the oldest WAL that it lacks has waited.</summary>
    public required double LagSeconds { get; init; }

    /// <summary>Of all that it lacks.</summary>
    public required long LagBytes { get; init; }

    public required IReadOnlyList<string> Problems { get; init; }

    public static FollowedRepositoryDocument Of(FollowReport report) => new()
    {
        Repository = report.Repository,
        Follows = report.Follows,
        PlanOnly = report.PlanOnly,
        Objects = report.Objects,
        Bytes = report.Bytes,
        WalFiles = report.WalFiles,
        Backups = report.Backups,
        Unwanted = report.Unwanted,
        LagSeconds = report.Lag.TotalSeconds,
        LagBytes = report.LagBytes,
        Problems = report.Problems,
    };
}
