using CsCheck;
using TomoBackup.Codecs;
using TomoBackup.Repositories.FileList;

namespace TomoBackup.Tests.Repositories.FileList;

/// <summary>A map of blocks against a plain list that says of each block where it lies.</summary>
public sealed class BlockMapTests
{
    const int BlockBytes = 8192;
    const int BlocksInFrame = BlockMap.FrameBytes / BlockBytes;

    /// <summary>Runs as a backup stores them: whole frames on the grid of blocks, or a piece of a frame that others
    /// share, which begins anywhere.</summary>
    static readonly Gen<BlockRun> Run =
        Gen.Select(Gen.Bool, Gen.UInt[1, 90], Gen.Int[1, 4], Gen.Int[0, 9], Gen.Int[0, 40_000])
            .Select((whole, blocks, pack, frame, offset) => whole
                ? BlockRun.At(blocks, pack, frame, offset % BlocksInFrame * BlockBytes)
                : BlockRun.At(blocks % 27 + 1, pack, frame, offset));

    /// <summary>Changes of three backups: where each run begins behind the one before, and how long the file is
    /// then.</summary>
    static readonly Gen<(uint Skip, BlockRun Run)[]> Changes =
        Gen.Select(Gen.UInt[0, 60], Run).Array[0, 5];

    [Fact]
    public void Says_of_each_block_of_each_later_file_where_it_lies()
        => Gen.Select(Run.Array[1, 5], Gen.Select(Changes, Gen.UInt[0, 300]).Array[1, 4])
            .Sample(
                (first, later) =>
                {
                    var map = Map(first);
                    var model = Places(first);

                    foreach (var (changes, length) in later)
                    {
                        var (placed, blocks) = Place(changes, length, model.Count);
                        map = map.With(placed, blocks);
                        model = Changed(model, placed, blocks);
                        Assert.Equal(model, Places(map.Runs));
                        Assert.Equal((uint)model.Count, map.Blocks);
                        MustComeBack(map);
                        MustHaveRightParts(map, model);
                    }
                },
                seed: "0000KOIikJQ4",
                iter: 1_500);

    [Fact]
    public void A_block_that_nobody_has_is_a_defect_of_the_caller()
    {
        var map = Map([BlockRun.At(10, 1, 0, 0)]);

        Assert.Throws<InvalidOperationException>(() => map.With([], 11));
        Assert.Throws<InvalidOperationException>(() => map.With([(12, BlockRun.At(1, 2, 0, 0))], 13));
    }

    [Fact]
    public void Is_made_of_the_line_of_a_file_that_was_stored_whole()
    {
        var line = new FileListLine
        {
            Type = FileListLine.File,
            Path = "base/5/1",
            Size = (2 * BlocksInFrame + 3) * BlockBytes,
            Runs = [[1, 4, 2], [2, 0, 1]],
        };

        var map = BlockMap.Of(line, BlockBytes)!;

        Assert.Equal(
            [BlockRun.At(2 * BlocksInFrame, 1, 4, 0), BlockRun.At(3, 2, 0, 0)],
            map.Runs);
        Assert.Equal(
            [BlockRun.At(3, 7, 2, 100)],
            BlockMap.Of(line with { Size = 3 * BlockBytes, Runs = [[7, 2, 1, 100]] }, BlockBytes)!.Runs);
        Assert.Null(BlockMap.Of(line with { Size = BlockBytes + 1 }, BlockBytes));
    }

    [Fact]
    public void Runs_that_go_on_are_joined_on_the_grid_of_blocks_only()
    {
        var onGrid = Map([BlockRun.At(2, 1, 0, 0), BlockRun.At(3, 1, 0, 2 * BlockBytes)]);
        var besideIt = Map([BlockRun.At(2, 1, 0, 5), BlockRun.At(3, 1, 0, 5 + 2 * BlockBytes)]);

        Assert.Single(onGrid.With([], 5).Runs);
        Assert.Equal(2, besideIt.With([], 5).Runs.Count);
    }

    [Fact]
    public void Any_bytes_are_refused_or_are_a_map_of_that_many_blocks_within_frames()
        => Gen.Select(Gen.Byte.Array[0, 40], Gen.Long[0, 200]).Sample(
            (bytes, blocks) => MustBeSafe(bytes, blocks * BlockBytes),
            seed: "0000KOIikJQ4",
            iter: 20_000);

    [Fact]
    public void A_spoiled_map_is_refused_or_is_another_map_of_that_many_blocks_within_frames()
    {
        var bytes = Map([BlockRun.At(70, 3, 2, 0), BlockRun.At(5, 1, 4, 77), BlockRun.At(40, 2, 9, 3 * BlockBytes)])
            .Encode();

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            MustBeSafe(flipped, 115 * BlockBytes);
        }

        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<CodecException>(() => BlockMap.Decode(bytes.AsSpan(0, length), 115 * BlockBytes, BlockBytes));
    }

    public static TheoryData<string, byte[]> Hostile { get; } = new()
    {
        { "a run of no blocks", Bytes(0, 2, 0) },
        { "more blocks than a file has", Bytes(11, 2, 0) },
        { "fewer blocks than the file has", Bytes(9, 2, 0) },
        { "pack 0", Bytes(10, 0, 0) },
        { "pack -1", Bytes(10, 1, 0) },
        { "pack 2^31", Bytes(10, 1UL << 32, 0) },
        { "an address before the pack", Bytes(10, 2, 1) },
        { "an address beyond all frames", Bytes(10, 2, ulong.MaxValue - 1) },
        { "a run that leaves a shared frame", Bytes(10, 2, 2 * (BlockMap.FrameBytes - 1)) },
        { "a run that goes on behind the last frame that has a number", Bytes(
            10, 2, 2 * (((ulong)int.MaxValue * BlockMap.FrameBytes) + BlockMap.FrameBytes - BlockBytes)) },
        { "a run that counts 2^32 blocks too many", Bytes((1UL << 32) + 10, 2, 0) },
        { "a number without an end", [0xFF, 0xFF, 0xFF] },
        { "a number of eleven bytes", [.. Enumerable.Repeat((byte)0x80, 10), 1, 2, 0] },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Refuses(string what, byte[] bytes)
    {
        var refused = Assert.Throws<CodecException>(() => BlockMap.Decode(bytes, 10 * BlockBytes, BlockBytes));

        Assert.True(refused.Failure == CodecFailure.Damaged, what);
    }

    [Fact]
    public void Refuses_more_runs_than_a_map_may_have()
    {
        byte[] Runs(int count) => [.. Enumerable.Repeat(Bytes(1, 2, 0), 1).First(),
            .. Enumerable.Range(1, count - 1).SelectMany(_ => Bytes(1, 0, 2 * BlockBytes))];

        Assert.Equal(
            (uint)BlockMap.MaxRuns,
            BlockMap.Decode(Runs(BlockMap.MaxRuns), (long)BlockMap.MaxRuns * BlockBytes, BlockBytes).Blocks);
        Assert.Throws<CodecException>(() => BlockMap.Decode(
            Runs(BlockMap.MaxRuns + 1), (BlockMap.MaxRuns + 1L) * BlockBytes, BlockBytes));
    }

    static byte[] Bytes(params ulong[] numbers)
    {
        var writer = new VarintWriter();
        Array.ForEach(numbers, writer.Write);
        return writer.ToArray();
    }

    static void MustBeSafe(byte[] bytes, long fileBytes)
    {
        BlockMap map;

        try
        {
            map = BlockMap.Decode(bytes, fileBytes, BlockBytes);
        }
        catch (CodecException)
        {
            return;
        }

        Assert.Equal(fileBytes, map.Blocks * (long)BlockBytes);
        Assert.All(map.Runs, run => Assert.True(run is { Blocks: > 0, Pack: > 0, Address: >= 0 }));
        Assert.Equal(fileBytes, map.Parts().Sum(part => (long)part.Length));
        Assert.All(map.Parts(), part => Assert.True(
            part.Frame >= 0 && part.Offset + part.Length <= BlockMap.FrameBytes, $"{part}"));
    }

    static void MustComeBack(BlockMap map)
        => Assert.Equal(
            map.Runs, BlockMap.Decode(map.Encode(), map.Blocks * (long)BlockBytes, BlockBytes).Runs);

    static void MustHaveRightParts(BlockMap map, List<(int Pack, long Address)> model)
    {
        var file = 0L;

        foreach (var part in map.Parts())
        {
            Assert.Equal(file, part.FileOffset);
            Assert.InRange(part.Offset + part.Length, 1, BlockMap.FrameBytes);

            // A frame ends within a block only in theory: runs beside the grid keep to one frame.
            Assert.Equal(0, part.Length % BlockBytes);

            for (var i = 0; i < part.Length / BlockBytes; i++)
                Assert.Equal(
                    model[(int)(file / BlockBytes) + i],
                    (part.Pack, ((long)part.Frame * BlockMap.FrameBytes) + part.Offset + (i * BlockBytes)));

            file += part.Length;
        }

        Assert.Equal(model.Count * (long)BlockBytes, file);
    }

    /// <summary>A map as <see cref="BlockMap.With"/> makes it of an empty one.</summary>
    static BlockMap Map(IEnumerable<BlockRun> runs)
    {
        var placed = new List<(uint, BlockRun)>();
        var at = 0u;

        foreach (var run in runs)
        {
            placed.Add((at, run));
            at += run.Blocks;
        }

        return BlockMap.Decode([], 0, BlockBytes).With(placed, at);
    }

    /// <summary>Puts changes where they may stand: none overlaps another, and what the file gains is among
    /// them.</summary>
    static (List<(uint Block, BlockRun Run)> Placed, uint Blocks) Place(
        (uint Skip, BlockRun Run)[] changes, uint length, int known)
    {
        var placed = new List<(uint Block, BlockRun Run)>();
        var at = 0u;

        foreach (var (skip, run) in changes)
        {
            // No hole behind what the parent has.
            var block = Math.Min(at + skip, Math.Max(at, (uint)known));
            placed.Add((block, run));
            at = block + run.Blocks;
        }

        return (placed, Math.Min(length, Math.Max(at, (uint)known)));
    }

    static List<(int Pack, long Address)> Changed(
        List<(int Pack, long Address)> model, List<(uint Block, BlockRun Run)> changes, uint blocks)
    {
        var changed = model.Take((int)blocks).ToList();

        foreach (var (block, run) in changes)
            for (var i = 0u; i < run.Blocks && block + i < blocks; i++)
            {
                var place = (run.Pack, run.Address + (i * BlockBytes));

                if (block + i < changed.Count)
                    changed[(int)(block + i)] = place;
                else
                    changed.Add(place);
            }

        return changed;
    }

    static List<(int Pack, long Address)> Places(IEnumerable<BlockRun> runs)
        => [.. runs.SelectMany(run => Enumerable.Range(0, (int)run.Blocks)
            .Select(i => (run.Pack, run.Address + ((long)i * BlockBytes))))];
}
