using TomoBackup.Postgres;

namespace TomoBackup.Restores;

/// <summary>What a restore did.</summary>
/// <param name="Plan">What it was to do.</param>
/// <param name="Directory">Where the cluster is now.</param>
/// <param name="Aside">Where the old directory was moved; null where there was none.</param>
/// <param name="Tablespaces">Those of the old cluster that were moved aside with it.</param>
/// <param name="Salvaged">WAL files of the old directory that were archived before.</param>
/// <param name="Bytes">Bytes written.</param>
/// <param name="Copy">Time to fetch and write files.</param>
/// <param name="Sync">Time until they were durable.</param>
/// <param name="Recovery">What recovery reached; null where the server was not started.</param>
sealed record RestoreReport(
    RestorePlan Plan,
    string Directory,
    string? Aside,
    IReadOnlyList<KeptTablespace> Tablespaces,
    IReadOnlyList<string> Salvaged,
    long Bytes,
    TimeSpan Copy,
    TimeSpan Sync,
    RecoveryReport? Recovery);

/// <summary>What a recovery reached, as the server itself says.</summary>
/// <param name="ReachedEnd">End of the last record replayed.</param>
/// <param name="LastTransaction">Commit time of the last transaction replayed; null where none was.</param>
/// <param name="NewTimeline">The timeline that began; null while paused at the target.</param>
/// <param name="Duration">From the start of the server until it was open (or paused).</param>
/// <param name="LogFile">What the server said.</param>
/// <param name="Paused">True where it waits at the target, read-only.</param>
sealed record RecoveryReport(
    Lsn? ReachedEnd,
    DateTimeOffset? LastTransaction,
    uint? NewTimeline,
    TimeSpan Duration,
    string LogFile,
    bool Paused);
