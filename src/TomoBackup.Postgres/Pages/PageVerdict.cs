namespace TomoBackup.Postgres.Pages;

/// <summary>What a backup may conclude from one page of a relation file in a cluster with checksums.</summary>
public enum PageVerdict
{
    /// <summary>The checksum is right.</summary>
    Ok,

    /// <summary>Added to the file, not yet written: all zero.</summary>
    NewPage,

    /// <summary>
    /// Looks new to PostgreSQL, which skips it, but has bytes that are not zero: suspicious, for the header of a used
    /// page may have been wiped.
    /// </summary>
    NewPageNotZero,

    /// <summary>Written after the backup began, may be torn by our reading: replay rewrites it from WAL.</summary>
    NewerThanStart,

    /// <summary>
    /// The checksum is wrong. Read again before believing it: the server may have been writing the page just now.
    /// </summary>
    Mismatch,
}

/// <summary>The server's rules for checking a page during a backup, in the server's order.</summary>
public static class PageCheck
{
    /// <summary>Judges one page. The block number counts from the start of the fork.</summary>
    /// <param name="page">The whole page.</param>
    /// <param name="blockInFork">Its number in the fork, over all segment files.</param>
    /// <param name="backupStart">
    /// START WAL LOCATION; for a cluster that is shut down <c>Lsn(ulong.MaxValue)</c>.
    /// </param>
    public static PageVerdict Judge(ReadOnlySpan<byte> page, uint blockInFork, Lsn backupStart)
    {
        if (page.IsNewPage)
            return page.ContainsAnyExcept((byte)0) ? PageVerdict.NewPageNotZero : PageVerdict.NewPage;

        if (page.PageLsn >= backupStart)
            return PageVerdict.NewerThanStart;

        return PageChecksum.Compute(page, blockInFork) == page.PageChecksumField
            ? PageVerdict.Ok
            : PageVerdict.Mismatch;
    }
}
