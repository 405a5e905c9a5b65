using System.Buffers.Binary;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Summaries;

namespace TomoBackup.Tests.Postgres.Summaries;

/// <summary>What a summary says of one fork.</summary>
/// <param name="Fork">Its name.</param>
/// <param name="Limit">Where it was cut; null where it was not.</param>
/// <param name="Blocks">What was changed.</param>
sealed record SummaryEntry(RelationForkId Fork, uint? Limit, IReadOnlySet<uint> Blocks);

/// <summary>A WAL summary written after blkreftable.c, independently of the reader.</summary>
static class SummaryBytes
{
    const int ChunkBlocks = 65_536;
    const int BitmapWords = 4_096;

    public static byte[] Write(IEnumerable<SummaryEntry> entries)
    {
        var bytes = new List<byte>();
        Add32(bytes, 0x652B137B);

        foreach (var entry in entries)
        {
            var chunks = entry.Blocks.Count == 0 ? 0 : (int)(entry.Blocks.Max() / ChunkBlocks) + 1;
            Head(bytes, entry.Fork, (int)entry.Fork.Fork, entry.Limit ?? uint.MaxValue, (uint)chunks);
            var words = Enumerable.Range(0, chunks).Select(chunk => Chunk(entry.Blocks, (uint)chunk)).ToList();
            words.ForEach(chunk => Add16(bytes, chunk.Length));
            words.ForEach(chunk => Array.ForEach(chunk, word => Add16(bytes, word)));
        }

        return Finish(bytes);
    }

    /// <summary>The name of a fork, its limit and the number of its chunks.</summary>
    public static void Head(List<byte> bytes, RelationForkId id, int fork, uint limit, uint chunks)
    {
        Add32(bytes, id.Tablespace);
        Add32(bytes, id.Database);
        Add32(bytes, id.Relation);
        Add32(bytes, (uint)fork);
        Add32(bytes, limit);
        Add32(bytes, chunks);
    }

    /// <summary>Adds the end mark, where it is wanted, and the checksum.</summary>
    public static byte[] Finish(List<byte> bytes, bool endMark = true)
    {
        if (endMark)
            bytes.AddRange(new byte[24]);

        Add32(bytes, Crc32C.Compute([.. bytes]));
        return [.. bytes];
    }

    public static void Add32(List<byte> bytes, uint value)
    {
        var four = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(four, value);
        bytes.AddRange(four);
    }

    public static void Add16(List<byte> bytes, int value) => bytes.AddRange([(byte)value, (byte)(value >> 8)]);

    /// <summary>A list of offsets, unsorted as PostgreSQL leaves it, or a bitmap where there are many.</summary>
    static int[] Chunk(IReadOnlySet<uint> blocks, uint chunk)
    {
        var offsets = blocks.Where(block => block / ChunkBlocks == chunk).Select(block => (int)(block % ChunkBlocks))
            .OrderByDescending(offset => offset % 7).ToArray();

        if (offsets.Length < BitmapWords)
            return offsets;

        var words = new int[BitmapWords];

        foreach (var offset in offsets)
            words[offset / 16] |= 1 << (offset % 16);

        return words;
    }
}
