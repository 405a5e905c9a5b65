using TomoBackup.Postgres.Summaries;

namespace TomoBackup.Backups.Changes;

/// <summary>What an incremental backup knows of the time since its parent.</summary>
/// <param name="Parent">The parent.</param>
/// <param name="Changes">Blocks that WAL changed, by its summaries; null where each page is looked at.</param>
/// <param name="Reason">Why there are no summaries; null where there are.</param>
sealed record ChangeSource(ParentBackup Parent, ChangedBlocks? Changes, string? Reason);
