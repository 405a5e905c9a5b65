using TomoBackup.Storage;

namespace TomoBackup.Backups.Changes;

/// <summary>Reads the changed pages of one file, checks them, and hands them on.</summary>
sealed class ChangedPageReader(
    PlannedFile file, IFileReader reader, PageInspector? inspector, int blockBytes, byte[] buffer)
{
    /// <summary>Blocks whose checksum failed. A damaged page counts as changed, whatever it says of itself.</summary>
    public List<uint> Damage { get; } = [];

    /// <summary>Reads a range of blocks.</summary>
    /// <param name="rule">Which of them changed; null for all.</param>
    /// <returns>Where the range ended, or the file before it.</returns>
    public async ValueTask<uint> ReadAsync(
        BlockRange range, PageRule? rule, ChangedPages target, CancellationToken cancellationToken)
    {
        var (block, end) = (range.First, range.First + range.Count);

        while (block < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = (int)Math.Min(buffer.Length, (long)(end - block) * blockBytes);
            var blocks = Read(block, wanted, out var damaged);

            foreach (var part in Changed(block, blocks, rule, damaged))
                await target.AddAsync(
                    part.First,
                    buffer.AsMemory((int)(part.First - block) * blockBytes, (int)part.Count * blockBytes),
                    cancellationToken).ConfigureAwait(false);

            block += blocks;

            if (blocks * blockBytes < wanted)
                break;
        }

        return block;
    }

    /// <summary>Reads whole blocks into the buffer.</summary>
    /// <param name="damaged">Where their damage begins in <see cref="Damage"/>.</param>
    /// <returns>How many.</returns>
    uint Read(uint block, int wanted, out int damaged)
    {
        var offset = (long)block * blockBytes;
        var blocks = (uint)(reader.Read(offset, buffer.AsSpan(0, wanted)) / blockBytes);
        damaged = Damage.Count;

        if (inspector is not null && file.FirstBlock is { } first)
            inspector.Inspect(reader, offset, first, buffer.AsSpan(0, (int)blocks * blockBytes), Damage);

        return blocks;
    }

    List<BlockRange> Changed(uint block, uint blocks, PageRule? rule, int damaged)
    {
        if (rule is not { } pages)
            return blocks == 0 ? [] : [new BlockRange(block, blocks)];

        var changed = new List<uint>();

        for (var i = 0u; i < blocks; i++)
            if (pages.IsChanged(block + i, buffer.AsSpan((int)i * blockBytes, blockBytes))
                || Damage.IndexOf(block + i, damaged) >= 0)
                changed.Add(block + i);

        return BlockRange.Of(changed);
    }
}
