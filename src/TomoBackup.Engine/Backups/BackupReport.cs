using TomoBackup.Backups.Changes;
using TomoBackup.Repositories;

namespace TomoBackup.Backups;

/// <summary>What a backup did.</summary>
/// <param name="Manifest">Its commit record.</param>
/// <param name="Damage">Blocks of the source that failed their checksum, by file.</param>
/// <param name="Warnings">What a person should know, a sentence each.</param>
/// <param name="VanishedFiles">Files that the server dropped meanwhile.</param>
/// <param name="Phases">Where the time went.</param>
public sealed record BackupReport(
    Manifest Manifest,
    IReadOnlyList<DamagedFile> Damage,
    IReadOnlyList<string> Warnings,
    int VanishedFiles,
    BackupPhases Phases)
{
    /// <summary>Plain bytes that were copied; the rest of <see cref="Manifest.FileBytes"/> an earlier backup of the
    /// generation holds.</summary>
    public long CopiedBytes { get; init; }

    /// <summary>The comparison with the cluster; null where none was asked for.</summary>
    public AuditReport? Audit { get; init; }

    /// <summary>Why it was a full backup where an incremental one was asked for or due; empty otherwise.</summary>
    public IReadOnlyList<string> FullBecause { get; init; } = [];

    /// <summary>Why each page had to be looked at, where no WAL summaries told what changed; null otherwise.</summary>
    public string? ChangesByPage { get; init; }
}

/// <summary>How a backup ended that was asked for by schedule.</summary>
public abstract record BackupOutcome
{
    BackupOutcome()
    {
    }

    /// <summary>It was taken.</summary>
    public sealed record Taken(BackupReport Report) : BackupOutcome;

    /// <summary>By the policy's schedule none is due.</summary>
    /// <param name="Next">When one will be; null where the schedule never says so.</param>
    public sealed record NotDue(DateTimeOffset? Next) : BackupOutcome;
}

/// <summary>A file with bad pages.</summary>
/// <param name="Path">Relative to the data directory.</param>
/// <param name="Blocks">Numbers within this file.</param>
public sealed record DamagedFile(string Path, IReadOnlyList<uint> Blocks);

/// <summary>Time by phase.</summary>
/// <param name="Checkpoint">From asking for backup mode until the server was in it.</param>
/// <param name="Copy">Reading, compressing, encrypting, writing.</param>
/// <param name="Sync">Waiting for the last objects to be durable, after the last byte was written.</param>
/// <param name="Wal">Leaving backup mode, waiting for WAL, copying it.</param>
/// <param name="Publish">Listing back and writing the manifest.</param>
/// <param name="Total">From the first connection to the end.</param>
public sealed record BackupPhases(
    TimeSpan Checkpoint, TimeSpan Copy, TimeSpan Sync, TimeSpan Wal, TimeSpan Publish, TimeSpan Total);
