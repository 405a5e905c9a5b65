namespace TomoBackup.Backups.Changes;

/// <summary>Blocks of one file that follow each other.</summary>
/// <param name="First">Number within the file.</param>
/// <param name="Count">How many; above zero.</param>
readonly record struct BlockRange(uint First, uint Count)
{
    /// <summary>Joins ascending numbers to ranges.</summary>
    public static List<BlockRange> Of(IEnumerable<uint> blocks)
    {
        var ranges = new List<BlockRange>();

        foreach (var block in blocks)
            if (ranges.Count > 0 && ranges[^1].First + ranges[^1].Count == block)
                ranges[^1] = ranges[^1] with { Count = ranges[^1].Count + 1 };
            else
                ranges.Add(new BlockRange(block, 1));

        return ranges;
    }
}
