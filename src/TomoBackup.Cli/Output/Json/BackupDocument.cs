using TomoBackup.Backups;
using TomoBackup.Backups.Changes;
using TomoBackup.Repositories;

namespace TomoBackup.Cli.Output.Json;

/// <summary>A backup as <c>list</c>, <c>show</c> and <c>backup</c> answer it with <c>--json</c>.</summary>
sealed record BackupDocument
{
    public required string Id { get; init; }

    public required string Cluster { get; init; }

    public required string Generation { get; init; }

    public required string Kind { get; init; }

    public required string? Parent { get; init; }

    /// <summary><c>good</c> or <c>damaged</c>; good is not proven.</summary>
    public required string State { get; init; }

    public required int DamagedBlocks { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required DateTimeOffset Stopped { get; init; }

    public required string StartLsn { get; init; }

    public required string StopLsn { get; init; }

    public required uint Timeline { get; init; }

    public required string ServerVersion { get; init; }

    public required long FileCount { get; init; }

    public required long FileBytes { get; init; }

    public required long StoredBytes { get; init; }

    public string? Label { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Who wants it kept whatever the policy says; left out by <c>backup</c>.</summary>
    public IReadOnlyList<BackupHoldDocument>? Holds { get; init; }

    /// <summary>Seconds by phase; only <c>backup</c> knows them.</summary>
    public PhasesDocument? Seconds { get; init; }

    /// <summary>Plain bytes that are new in this backup; only <c>backup</c> knows them.</summary>
    public long? CopiedBytes { get; init; }

    /// <summary>Why it is a full backup where an incremental one was asked for or due; only <c>backup</c> knows
    /// it.</summary>
    public IReadOnlyList<string>? FullBecause { get; init; }

    /// <summary>Why every page had to be looked at; null where WAL summaries told what changed.</summary>
    public string? ChangesByPage { get; init; }

    /// <summary>The comparison with the cluster; null where none was asked for.</summary>
    public AuditDocument? Audit { get; init; }

    /// <summary>Bad blocks by file; only <c>backup</c> lists them.</summary>
    public IReadOnlyList<DamagedFile>? Damage { get; init; }

    public IReadOnlyList<string>? Warnings { get; init; }

    public static BackupDocument Of(Manifest manifest) => new()
    {
        Id = manifest.Backup,
        Cluster = manifest.Cluster,
        Generation = manifest.Generation,
        Kind = manifest.Kind,
        Parent = manifest.Parent,
        State = manifest.State,
        DamagedBlocks = manifest.DamagedBlocks,
        Started = manifest.Started,
        Stopped = manifest.Stopped,
        StartLsn = manifest.StartLsn.ToString(),
        StopLsn = manifest.StopLsn.ToString(),
        Timeline = manifest.Timeline,
        ServerVersion = manifest.ServerVersion,
        FileCount = manifest.FileCount,
        FileBytes = manifest.FileBytes,
        StoredBytes = manifest.StoredBytes,
    };
}

/// <summary>A hold of a backup.</summary>
/// <param name="Since">When it was made.</param>
/// <param name="Until">Left out where only a release ends it.</param>
/// <param name="Host">Who made it.</param>
/// <param name="Reason">Left out where none was given.</param>
sealed record BackupHoldDocument(DateTimeOffset Since, DateTimeOffset? Until, string Host, string? Reason)
{
    public static BackupHoldDocument Of(IntentRecord hold) => new(
        hold.Since, hold.Until >= IntentRecord.Endless ? null : hold.Until, hold.Host, hold.Reason);
}

/// <summary>Where a backup's time went, in seconds.</summary>
sealed record PhasesDocument(
    double Checkpoint, double Copy, double Sync, double Wal, double Publish, double Total)
{
    public static PhasesDocument Of(BackupPhases phases) => new(
        phases.Checkpoint.TotalSeconds, phases.Copy.TotalSeconds, phases.Sync.TotalSeconds,
        phases.Wal.TotalSeconds, phases.Publish.TotalSeconds, phases.Total.TotalSeconds);
}

/// <summary>Pages that were compared with the cluster, none of which differed.</summary>
sealed record AuditDocument(long Pages, long Newer, long WithoutWal)
{
    public static AuditDocument? Of(AuditReport? report)
        => report is null ? null : new(report.Pages, report.Newer, report.WithoutWal);
}

/// <summary>The answer of <c>backup --json</c> where none was due.</summary>
sealed record NotDueDocument(bool Due, DateTimeOffset? Next);

/// <summary>The answer of <c>list --json</c>.</summary>
sealed record ListDocument(IReadOnlyList<BackupDocument> Backups, IReadOnlyList<string> Problems);
