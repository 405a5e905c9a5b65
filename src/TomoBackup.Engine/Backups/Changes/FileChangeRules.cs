using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Summaries;
using TomoBackup.Repositories.FileList;

namespace TomoBackup.Backups.Changes;

/// <summary>
/// Decides what changed of a file since the parent backup. Not PostgreSQL's own rule, which takes the length of the
/// file for the place of a cut and so brings deleted rows back (facts §6.6): a block is taken from the parent only
/// where the parent had it, nothing cut it off since, and no WAL names it. Pure.
/// </summary>
/// <param name="changes">By WAL summaries from the parent's start to this backup's; null where pages must tell.</param>
/// <param name="blockBytes">Bytes of a block.</param>
/// <param name="segmentBlocks">Blocks of a full relation file.</param>
sealed class FileChangeRules(ChangedBlocks? changes, int blockBytes, uint segmentBlocks)
{
    /// <summary>A file of which more than half changed is stored whole: its map would cost more than it
    /// saves.</summary>
    const int WholeAbove = 2;

    /// <summary>Decides.</summary>
    /// <param name="file">As it was listed.</param>
    /// <param name="length">Its bytes now.</param>
    /// <param name="parent">The file of the same path in the parent.</param>
    public FileChange Decide(PlannedFile file, long length, FileListLine? parent)
    {
        if (parent is null)
            return new FileChange.Whole("the parent does not have it");

        if (!RelationForkId.TryParse(file.Path, out var id, out var segment) || id.Fork != RelationFork.Main)
            return IsLike(file, length, parent)
                ? new FileChange.Compared()
                : new FileChange.Whole("WAL does not tell what changed in such a file");

        if (length == 0 || parent.Size == 0)
            return new FileChange.Whole("it is or was empty");

        if (length % blockBytes != 0 || parent.Size % blockBytes != 0 || length / blockBytes > segmentBlocks)
            return new FileChange.Whole("its size is not one of whole blocks");

        if (changes is null)
            return new FileChange.ByPage();

        return changes.IsNewDatabase(id.Tablespace, id.Database)
            ? new FileChange.Whole("its database was made anew")
            : Decide(changes.Find(id), (uint)segment * segmentBlocks, Blocks(length), Blocks(parent.Size!.Value));
    }

    static FileChange Decide(ChangedFork? fork, uint first, uint blocks, uint parentBlocks)
    {
        if (fork?.Limit <= first)
            return new FileChange.Whole("it was made anew or cut to nothing");

        var changed = (fork?.Between(first, first + Math.Min(blocks, parentBlocks)) ?? [])
            .Select(block => block - first)
            .Concat(Added(blocks, parentBlocks));

        var ranges = BlockRange.Of(changed);
        var count = ranges.Sum(range => range.Count);

        if (count == 0 && blocks == parentBlocks)
            return new FileChange.Same();

        if (count * WholeAbove > blocks)
            return new FileChange.Whole("most of it changed");

        return 2 * ranges.Count > BlockMap.MaxRuns
            ? new FileChange.Whole("it changed in too many places")
            : new FileChange.Blocks(ranges);
    }

    /// <summary>Blocks that the parent did not have, whether WAL names them or not.</summary>
    static IEnumerable<uint> Added(uint blocks, uint parentBlocks)
    {
        for (var block = parentBlocks; block < blocks; block++)
            yield return block;
    }

    uint Blocks(long bytes) => (uint)(bytes / blockBytes);

    static bool IsLike(PlannedFile file, long length, FileListLine parent)
        => parent.Crc32c is not null
            && parent.Size == length
            && parent.Modified?.ToUnixTimeMicroseconds() == file.Modified.ToUnixTimeMicroseconds();
}

/// <summary>Times as the file list keeps them.</summary>
static class Microseconds
{
    extension(DateTimeOffset time)
    {
        /// <summary>Microseconds since 1970.</summary>
        public long ToUnixTimeMicroseconds()
            => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
    }
}
