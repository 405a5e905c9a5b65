using TomoBackup.Restores;

namespace TomoBackup.Cli.Output.Json;

/// <summary>A restore, or with <c>--plan</c> what it would be, as <c>--json</c> answers it.</summary>
sealed record RestoreDocument
{
    public required string Backup { get; init; }

    public required string Target { get; init; }

    public required uint Timeline { get; init; }

    /// <summary>PostgreSQL's setting, and its value.</summary>
    public required string TargetSetting { get; init; }

    public required string TargetValue { get; init; }

    /// <summary>End of the last record that is to be replayed.</summary>
    public required string? ExpectedLsn { get; init; }

    public required DateTimeOffset? LastCommit { get; init; }

    public required string Directory { get; init; }

    public required long FileBytes { get; init; }

    public required int WalSegments { get; init; }

    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>False for <c>--plan</c>.</summary>
    public required bool Done { get; init; }

    public string? OldDirectory { get; init; }

    public IReadOnlyList<string>? SalvagedWal { get; init; }

    public double? CopySeconds { get; init; }

    public double? SyncSeconds { get; init; }

    public RecoveryDocument? Recovery { get; init; }

    public static RestoreDocument Of(RestorePlan plan, RestoreOptions options) => new()
    {
        Backup = plan.Backup.Backup,
        Target = plan.Target.ToString()!,
        Timeline = plan.Timeline,
        TargetSetting = plan.Goal.Setting,
        TargetValue = plan.Goal.Value,
        ExpectedLsn = plan.ExpectedEnd?.ToString(),
        LastCommit = plan.LastCommit,
        Directory = options.Directory,
        FileBytes = plan.Backup.FileBytes,
        WalSegments = plan.Wal.Count,
        Remarks = plan.Remarks,
        Done = false,
    };

    public static RestoreDocument Of(RestoreReport report, RestoreOptions options) => Of(report.Plan, options) with
    {
        Done = true,
        OldDirectory = report.Aside,
        SalvagedWal = report.Salvaged,
        CopySeconds = report.Copy.TotalSeconds,
        SyncSeconds = report.Sync.TotalSeconds,
        Recovery = report.Recovery is { } recovery ? RecoveryDocument.Of(recovery) : null,
    };
}

/// <summary>What recovery reached, as the server itself said.</summary>
sealed record RecoveryDocument(
    string? ReachedLsn, DateTimeOffset? LastTransaction, uint? NewTimeline, double Seconds, string Log, bool Paused)
{
    public static RecoveryDocument Of(RecoveryReport report) => new(
        report.ReachedEnd?.ToString(), report.LastTransaction, report.NewTimeline,
        report.Duration.TotalSeconds, report.LogFile, report.Paused);
}
