using TomoBackup.Codecs;

namespace TomoBackup.Repositories.FileList;

/// <summary>
/// Where the blocks of a file lie of which an incremental backup stored only some (<c>docs/format</c> §8): runs in the
/// order of the file, that together are the whole file. Immutable.
/// </summary>
sealed class BlockMap
{
    /// <summary>What a frame counts in an address. All frames that a run fills hold exactly that.</summary>
    public const int FrameBytes = 262_144;

    /// <summary>A file whose map would have more is stored whole again: reading it back would jump too much.</summary>
    public const int MaxRuns = 16_384;

    /// <summary>Frames are numbered with 31 bits.</summary>
    const long AddressEnd = (1L << 31) * FrameBytes;

    readonly BlockRun[] _runs;

    BlockMap(BlockRun[] runs, int blockBytes)
    {
        _runs = runs;
        BlockBytes = blockBytes;
        Blocks = (uint)runs.Sum(run => run.Blocks);
    }

    /// <summary>The runs, in the order of the file.</summary>
    public IReadOnlyList<BlockRun> Runs => _runs;

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes { get; }

    /// <summary>Blocks of the file.</summary>
    public uint Blocks { get; }

    /// <summary>The map of a file that was stored whole; null where its size is not a number of blocks.</summary>
    public static BlockMap? Of(FileListLine line, int blockBytes)
    {
        if (line.Size!.Value % blockBytes != 0)
            return null;

        var left = checked((uint)(line.Size.Value / blockBytes));
        var runs = new List<BlockRun>();

        foreach (var run in line.Runs!)
        {
            var blocks = run.Count == 4 ? left : Math.Min(left, (uint)run[2] * (uint)(FrameBytes / blockBytes));
            Append(runs, BlockRun.At(blocks, run[0], run[1], run.Count == 4 ? run[3] : 0), blockBytes);
            left -= blocks;
        }

        return new BlockMap([.. runs.Where(run => run.Blocks > 0)], blockBytes);
    }

    /// <summary>The same file with other blocks in some places, cut or grown to a number of blocks.</summary>
    /// <param name="changes">First block and place of each changed run, ascending, none overlapping another. All blocks
    /// that this map does not have must be among them.</param>
    /// <param name="blocks">Blocks of the new file.</param>
    public BlockMap With(IEnumerable<(uint Block, BlockRun Run)> changes, uint blocks)
    {
        var runs = new List<BlockRun>();
        var old = new Cursor();
        var at = 0u;

        foreach (var (block, run) in changes)
        {
            CopyOld(runs, ref old, at, Math.Min(block, blocks));

            if (block >= blocks)
            {
                at = blocks;
                break;
            }

            Append(runs, run.Part(0, Math.Min(run.Blocks, blocks - block), BlockBytes), BlockBytes);
            at = block + run.Blocks;
        }

        if (at < blocks)
            CopyOld(runs, ref old, at, blocks);

        return new BlockMap([.. runs], BlockBytes);
    }

    /// <summary>The pieces of the file, frame by frame, in the order of the file.</summary>
    public IEnumerable<FramePart> Parts()
    {
        var file = 0L;

        foreach (var run in _runs)
        {
            var (address, left) = (run.Address, (long)run.Blocks * BlockBytes);

            while (left > 0)
            {
                var offset = (int)(address % FrameBytes);
                var length = (int)Math.Min(left, FrameBytes - offset);
                yield return new FramePart(file, run.Pack, (int)(address / FrameBytes), offset, length);
                (file, address, left) = (file + length, address + length, left - length);
            }
        }
    }

    /// <summary>The bytes that are stored.</summary>
    public byte[] Encode()
    {
        var bytes = new VarintWriter();
        var (pack, end) = (0, 0L);

        foreach (var run in _runs)
        {
            bytes.Write(run.Blocks);
            bytes.WriteSigned(run.Pack - pack);
            bytes.WriteSigned(run.Address - end);
            (pack, end) = (run.Pack, run.Address + (long)run.Blocks * BlockBytes);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote. Throws <see cref="CodecException"/> where the bytes are no map
    /// of that many blocks.</summary>
    public static BlockMap Decode(ReadOnlySpan<byte> bytes, long fileBytes, int blockBytes)
    {
        var runs = new List<BlockRun>();
        var (pack, end, blocks) = (0L, 0L, 0L);
        var reader = new VarintReader(bytes);

        while (!reader.IsAtEnd)
        {
            var count = reader.Read();
            pack += reader.ReadSigned();
            var address = end + reader.ReadSigned();

            if (count is 0 or > uint.MaxValue || pack is <= 0 or > int.MaxValue || address < 0 || runs.Count == MaxRuns)
                throw Damaged("a run is not possible");

            var run = new BlockRun((uint)count, (int)pack, address);
            RequireWithinFrames(run, blockBytes);
            runs.Add(run);
            blocks += run.Blocks;
            end = checked(address + run.Blocks * (long)blockBytes);
        }

        if (blocks * blockBytes != fileBytes)
            throw Damaged("its runs do not make up the file");

        return new BlockMap([.. runs], blockBytes);
    }

    /// <summary>Only a run that keeps to the grid of blocks goes on in the next frame.</summary>
    static void RequireWithinFrames(BlockRun run, int blockBytes)
    {
        if (run.Address > AddressEnd - run.Blocks * (long)blockBytes
            || (run.Offset % blockBytes != 0 && run.Offset + (long)run.Blocks * blockBytes > FrameBytes))
            throw Damaged("a run leaves its frame");
    }

    /// <summary>Copies the old runs of a span; spans come in ascending order.</summary>
    void CopyOld(List<BlockRun> target, ref Cursor old, uint from, uint until)
    {
        for (; old.Run < _runs.Length && old.Block < until; old.Block += _runs[old.Run++].Blocks)
        {
            var run = _runs[old.Run];
            var (begin, end) = (Math.Max(old.Block, from), Math.Min(old.Block + run.Blocks, until));

            if (begin < end)
                Append(target, run.Part(begin - old.Block, end - begin, BlockBytes), BlockBytes);

            if (old.Block + run.Blocks > until)
                return;
        }

        if (from < until && old.Block < until)
            throw new InvalidOperationException(
                $"blocks up to {until} were neither changed nor in a map of {Blocks} blocks");
    }

    /// <summary>A run of this map and the number of its first block.</summary>
    struct Cursor
    {
        public int Run;
        public uint Block;
    }

    static void Append(List<BlockRun> runs, BlockRun run, int blockBytes)
    {
        // Within a frame that others share, blocks do not stand on the grid, and the next frame is nobody's
        // continuation.
        if (runs.Count > 0 && runs[^1].IsFollowedBy(run, blockBytes) && runs[^1].Offset % blockBytes == 0)
            runs[^1] = runs[^1] with { Blocks = runs[^1].Blocks + run.Blocks };
        else
            runs.Add(run);
    }

    static CodecException Damaged(string reason)
        => new(CodecFailure.Damaged, $"a map of blocks is damaged: {reason}");
}
