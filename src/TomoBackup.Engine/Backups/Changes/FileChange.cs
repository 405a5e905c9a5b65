namespace TomoBackup.Backups.Changes;

/// <summary>What an incremental backup does with a file: one of four.</summary>
abstract record FileChange
{
    FileChange()
    {
    }

    /// <summary>Store it whole, because of this.</summary>
    public sealed record Whole(string Reason) : FileChange;

    /// <summary>Nothing of it changed: refer to what the parent refers to, without opening it.</summary>
    public sealed record Same : FileChange;

    /// <summary>Store it whole unless it holds, byte for byte, what the parent says: WAL does not tell.</summary>
    public sealed record Compared : FileChange;

    /// <summary>Store these blocks, and refer to the parent's for the rest.</summary>
    public sealed record Blocks(IReadOnlyList<BlockRange> Ranges) : FileChange;

    /// <summary>Read all pages and store those that are not older than the parent.</summary>
    public sealed record ByPage : FileChange;
}
