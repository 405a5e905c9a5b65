using TomoBackup.Postgres;
using TomoBackup.Postgres.Pages;

namespace TomoBackup.Backups.Changes;

/// <summary>
/// Tells by a page alone whether it changed since the parent, where no WAL summaries do: it is not older than the
/// parent's start, was never written, has no position, or the parent has no such block (facts §6.7); or VACUUM may have
/// marked it all visible since and left its position as it was.
/// </summary>
/// <param name="ParentStart">Where the parent started.</param>
/// <param name="ParentBlocks">Blocks that the file has in the parent.</param>
/// <param name="PositionsTellAll">True where a mark of VACUUM moves the position too.</param>
readonly record struct PageRule(Lsn ParentStart, uint ParentBlocks, bool PositionsTellAll)
{
    /// <summary>True where the page must be stored.</summary>
    public bool IsChanged(uint block, ReadOnlySpan<byte> page)
        => block >= ParentBlocks
            || page.IsNewPage
            || page.PageLsn == Lsn.Zero
            || page.PageLsn >= ParentStart
            || (page.IsAllVisible && !PositionsTellAll);
}
