using CsCheck;
using TomoBackup.Backups.Changes;
using TomoBackup.Repositories.FileList;

namespace TomoBackup.Tests.Backups.Changes;

/// <summary>Changed blocks of files, one file after the other through one worker's packs: each lies where it is said to
/// lie.</summary>
public sealed class ChangedPagesTests
{
    const int BlockBytes = 8192;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Where each range of a file begins behind the one before, and how many blocks it has: some fill frames,
    /// most share one.</summary>
    static readonly Gen<(uint Skip, uint Count)[]> File =
        Gen.Select(Gen.UInt[1, 9], Gen.OneOf(Gen.UInt[1, 5], Gen.UInt[1, 80])).Array[0, 5];

    [Fact]
    public async Task Each_block_lies_where_it_is_said_to_lie()
        => await File.Array[1, 7].SampleAsync(
            async files =>
            {
                await using var room = new PackRoom();
                var told = await WriteAsync(room, files);
                var frames = await room.FramesAsync("full", 1, Cancellation);

                foreach (var (file, runs) in told)
                {
                    Assert.Equal(Blocks(files[file]), runs.SelectMany(run => Blocks(run.Block, run.Run.Blocks)));

                    foreach (var (block, run) in runs)
                        MustHold(frames, file, block, run);
                }

                Assert.Equal(Enumerable.Range(0, files.Length), told.Select(t => t.File).Order());
            },
            seed: "0000KOIikJQ4",
            iter: 40);

    [Fact]
    public async Task What_was_forgotten_is_in_no_file()
    {
        await using var room = new PackRoom();
        await using var sink = PackRoom.Sink(room.Factory("full", 0), []);
        var pages = new ChangedPages(sink, BlockBytes);
        await pages.AddAsync(0, Content(0, 0, 40), Cancellation);
        pages.Clear();
        Assert.Equal((0u, 0), (pages.Count, pages.Ranges));

        await pages.AddAsync(5, Content(1, 5, 2), Cancellation);
        var told = new List<(uint Block, BlockRun Run)>();
        await pages.EndAsync((runs, _) => Told(told, runs), Cancellation);
        await sink.FinishAsync(Cancellation);

        var (block, run) = Assert.Single(told);
        Assert.Equal((5u, 2u), (block, run.Blocks));
        MustHold(await room.FramesAsync("full", 1, Cancellation), 1, block, run);
    }

    static async Task<List<(int File, IReadOnlyList<(uint Block, BlockRun Run)> Runs)>> WriteAsync(
        PackRoom room, (uint Skip, uint Count)[][] files)
    {
        var told = new List<(int, IReadOnlyList<(uint, BlockRun)>)>();
        await using var sink = PackRoom.Sink(room.Factory("full", 0), []);
        var pages = new ChangedPages(sink, BlockBytes);

        // Every pack has a frame at least.
        await sink.WriteAsync(new byte[BlockBytes], Cancellation);

        for (var file = 0; file < files.Length; file++)
        {
            var (number, block, count) = (file, 0u, 0u);

            foreach (var (skip, blocks) in files[file])
            {
                block += skip;
                await pages.AddAsync(block, Content(file, block, blocks), Cancellation);
                (block, count) = (block + blocks, count + blocks);
            }

            Assert.Equal(count, pages.Count);
            await pages.EndAsync(
                (runs, _) =>
                {
                    told.Add((number, runs));
                    return ValueTask.CompletedTask;
                },
                Cancellation);
        }

        await sink.FinishAsync(Cancellation);
        return told;
    }

    static ValueTask Told(
        List<(uint Block, BlockRun Run)> told, IReadOnlyList<(uint Block, BlockRun Run)> runs)
    {
        told.AddRange(runs);
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads a run as a restore does: across full frames, if it goes on.</summary>
    static void MustHold(IReadOnlyList<byte[]> frames, int file, uint first, BlockRun run)
    {
        for (var i = 0u; i < run.Blocks; i++)
        {
            var address = run.Address + (i * BlockBytes);
            var frame = frames[(int)(address / BlockMap.FrameBytes)];
            var page = frame.AsSpan((int)(address % BlockMap.FrameBytes), BlockBytes);
            Assert.True(page.SequenceEqual(Content(file, first + i, 1).Span), $"block {first + i} of file {file}");
        }
    }

    /// <summary>Pages that say of which file and block they are.</summary>
    static ReadOnlyMemory<byte> Content(int file, uint first, uint count)
    {
        var bytes = new byte[count * BlockBytes];

        for (var i = 0u; i < count; i++)
        {
            var page = bytes.AsSpan((int)(i * BlockBytes), BlockBytes);
            page.Fill((byte)(first + i));
            page[0] = (byte)file;
            page[1] = (byte)((first + i) >> 8);
        }

        return bytes;
    }

    static IEnumerable<uint> Blocks((uint Skip, uint Count)[] file)
    {
        var block = 0u;

        foreach (var (skip, count) in file)
        {
            block += skip;

            foreach (var one in Blocks(block, count))
                yield return one;

            block += count;
        }
    }

    static IEnumerable<uint> Blocks(uint first, uint count)
        => Enumerable.Range(0, (int)count).Select(i => first + (uint)i);
}
