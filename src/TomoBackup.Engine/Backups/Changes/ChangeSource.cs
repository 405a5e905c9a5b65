using TomoBackup.Postgres.Summaries;

namespace TomoBackup.Backups.Changes;

/// <summary>What an incremental backup knows of the time since its parent.</summary>
/// <param name="Parent">The parent.</param>
/// <param name="Changes">Blocks that WAL changed, by its summaries; null where each page is looked at.</param>
/// <param name="Reason">Why there are no summaries; null where there are.</param>
sealed record ChangeSource(ParentBackup Parent, ChangedBlocks? Changes, string? Reason)
{
    /// <summary>True where a page whose position is old holds what it held then, but for hint bits. VACUUM marks a page
    /// all visible and leaves its position as it is, unless checksums or wal_log_hints protect such changes
    /// (visibilitymap_set). What the parent knew of wal_log_hints is not kept, so checksums alone count.</summary>
    public bool PositionsTellAll => Parent.Manifest.DataChecksums;

    /// <summary>What a person should know of how changes were found; null where WAL summaries told all.</summary>
    public string? Explanation
        => Changes is not null ? null
            : PositionsTellAll ? Reason
            : $"{Reason}; pages that VACUUM marked all visible were stored again, because without page checksums it "
                + "leaves their positions as they were";
}
