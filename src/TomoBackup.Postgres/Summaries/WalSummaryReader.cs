using System.Buffers.Binary;
using TomoBackup.Postgres.DataDirectory;

namespace TomoBackup.Postgres.Summaries;

/// <summary>
/// Reads WAL summaries (blkreftable.c, the same in 17 and 18): a magic number; for each fork its name, limit and chunks
/// of 65536 blocks, each a list of offsets or, at 4096 words, a bitmap; 24 zero bytes; CRC-32C of all before.
/// </summary>
public static class WalSummaryReader
{
    /// <summary>BLOCKREFTABLE_MAGIC.</summary>
    const uint Magic = 0x652B_137B;

    const int EntryBytes = 24;
    const int ChunkBlocks = 1 << 16;
    const int BitmapWords = ChunkBlocks / 16;
    const uint NoLimit = uint.MaxValue;

    /// <summary>Adds what one summary says.</summary>
    /// <exception cref="PostgresFormatException">It is no whole summary.</exception>
    public static void Read(ReadOnlySpan<byte> summary, ChangedBlocks target)
    {
        ArgumentNullException.ThrowIfNull(target);

        if (summary.Length < sizeof(uint) + EntryBytes + sizeof(uint)
            || BinaryPrimitives.ReadUInt32LittleEndian(summary) != Magic)
            throw Broken("it does not begin as one");

        if (Crc32C.Compute(summary[..^sizeof(uint)]) != BinaryPrimitives.ReadUInt32LittleEndian(summary[^4..]))
            throw Broken("its checksum is wrong");

        var rest = summary[sizeof(uint)..^sizeof(uint)];

        while (ReadEntry(ref rest, target))
        {
        }

        if (!rest.IsEmpty)
            throw Broken("it goes on behind its end");
    }

    /// <returns>False at the end mark.</returns>
    static bool ReadEntry(ref ReadOnlySpan<byte> rest, ChangedBlocks target)
    {
        var entry = Take(ref rest, EntryBytes);

        if (!entry.ContainsAnyExcept((byte)0))
            return false;

        var fork = BinaryPrimitives.ReadInt32LittleEndian(entry[12..]);

        if (fork is < (int)RelationFork.Main or > (int)RelationFork.Init)
            throw Broken($"it names fork {fork}");

        var changed = target.Of(new RelationForkId(
            BinaryPrimitives.ReadUInt32LittleEndian(entry),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]),
            (RelationFork)fork));

        if (BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]) is not NoLimit and var limit)
            changed.Cut(limit);

        ReadChunks(ref rest, BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]), changed);
        return true;
    }

    static void ReadChunks(ref ReadOnlySpan<byte> rest, uint count, ChangedFork changed)
    {
        if (count > ChunkBlocks)
            throw Broken($"it names {count} chunks of one fork");

        var usage = Take(ref rest, checked((int)count * sizeof(ushort)));

        for (var chunk = 0; chunk < count; chunk++)
        {
            var words = BinaryPrimitives.ReadUInt16LittleEndian(usage[(chunk * sizeof(ushort))..]);

            if (words > BitmapWords)
                throw Broken($"a chunk has {words} words");

            var first = (uint)chunk * ChunkBlocks;
            var content = Take(ref rest, words * sizeof(ushort));

            for (var i = 0; i < words; i++)
            {
                var word = BinaryPrimitives.ReadUInt16LittleEndian(content[(i * sizeof(ushort))..]);

                if (words < BitmapWords)
                    changed.Add(first + word);
                else
                    for (var bit = 0; bit < 16; bit++)
                        if ((word >> bit & 1) != 0)
                            changed.Add(first + (uint)(i * 16 + bit));
            }
        }
    }

    static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int bytes)
    {
        if (rest.Length < bytes)
            throw Broken("it ends too early");

        var taken = rest[..bytes];
        rest = rest[bytes..];
        return taken;
    }

    static PostgresFormatException Broken(string reason) => new($"this is no WAL summary: {reason}");
}
