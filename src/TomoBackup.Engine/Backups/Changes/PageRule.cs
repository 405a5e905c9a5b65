using TomoBackup.Postgres;
using TomoBackup.Postgres.Pages;

namespace TomoBackup.Backups.Changes;

/// <summary>
/// Tells by a page alone whether it changed since the parent, where no WAL summaries do: it is not older than the
/// parent's start, was never written, has no position, or the parent has no such block (facts §6.7).
/// </summary>
/// <param name="ParentStart">Where the parent started.</param>
/// <param name="ParentBlocks">Blocks that the file has in the parent.</param>
readonly record struct PageRule(Lsn ParentStart, uint ParentBlocks)
{
    /// <summary>True where the page must be stored.</summary>
    public bool IsChanged(uint block, ReadOnlySpan<byte> page)
        => block >= ParentBlocks || page.IsNewPage || page.PageLsn == Lsn.Zero || page.PageLsn >= ParentStart;
}
