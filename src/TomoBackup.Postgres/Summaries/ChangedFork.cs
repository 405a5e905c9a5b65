using System.Numerics;

namespace TomoBackup.Postgres.Summaries;

/// <summary>The blocks of one fork that WAL of a span changed.</summary>
public sealed class ChangedFork
{
    const int ChunkBlocks = 1 << 16;
    const int WordBits = 64;

    readonly Dictionary<uint, ulong[]> _chunks = [];

    /// <summary>The fork had only that many blocks at some moment of the span: 0 where it was made, dropped, truncated
    /// to nothing or rewritten; <see cref="uint.MaxValue"/> where it never shrank. Whatever lies behind is new, whether
    /// WAL names it or not: bulk loading adds blocks that no record names (facts §6.3).</summary>
    public uint Limit { get; private set; } = uint.MaxValue;

    /// <summary>True where a block was changed or lies behind the limit.</summary>
    public bool Contains(uint block)
        => block >= Limit
            || (_chunks.TryGetValue(block / ChunkBlocks, out var words)
                && (words[block % ChunkBlocks / WordBits] >> (int)(block % WordBits) & 1) != 0);

    /// <summary>The changed blocks from one to another, exclusive, in ascending order; those behind the limit
    /// included.</summary>
    public IEnumerable<uint> Between(uint first, uint end)
    {
        var listed = Math.Min(end, Limit);

        for (var block = first; block < listed;)
        {
            if (!_chunks.TryGetValue(block / ChunkBlocks, out var words))
            {
                block = (block / ChunkBlocks + 1) * ChunkBlocks;
                continue;
            }

            var rest = words[block % ChunkBlocks / WordBits] >> (int)(block % WordBits);

            if (rest == 0)
            {
                block = (block / WordBits + 1) * WordBits;
                continue;
            }

            block += (uint)BitOperations.TrailingZeroCount(rest);

            if (block < listed)
                yield return block++;
        }

        for (var block = Math.Max(first, Limit); block < end; block++)
            yield return block;
    }

    /// <summary>Notes that the fork shrank to a number of blocks.</summary>
    internal void Cut(uint limit) => Limit = Math.Min(Limit, limit);

    /// <summary>Notes a changed block.</summary>
    internal void Add(uint block)
    {
        if (!_chunks.TryGetValue(block / ChunkBlocks, out var words))
            _chunks[block / ChunkBlocks] = words = new ulong[ChunkBlocks / WordBits];

        words[block % ChunkBlocks / WordBits] |= 1UL << (int)(block % WordBits);
    }
}
