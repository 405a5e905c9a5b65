using TomoBackup.Repositories.FileList;

namespace TomoBackup.Backups.Changes;

/// <summary>
/// Gathers the changed blocks of one file after the other: full frames of their own, and what is left at the end in the
/// frame that small files share. For one worker.
/// </summary>
sealed class ChangedPages(PackSink sink, int blockBytes)
{
    readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(PackSink.FrameBytes);
    readonly List<BlockRange> _pending = [];
    readonly List<(uint Block, BlockRun Run)> _placed = [];
    int _filled;

    /// <summary>Blocks added since the file began.</summary>
    public uint Count { get; private set; }

    /// <summary>How many ranges they make up at most.</summary>
    public int Ranges => _placed.Count + _pending.Count;

    /// <summary>True where a block was added.</summary>
    public bool Contains(uint block)
        => _pending.Exists(range => block >= range.First && block < range.First + range.Count)
            || _placed.Exists(place => block >= place.Block && block < place.Block + place.Run.Blocks);

    /// <summary>Forgets what was added; frames that are written stay behind unused.</summary>
    public void Clear()
    {
        _pending.Clear();
        _placed.Clear();
        (_filled, Count) = (0, 0);
    }

    /// <summary>Adds whole blocks that follow each other; always behind those that were added before.</summary>
    public async ValueTask AddAsync(uint block, ReadOnlyMemory<byte> pages, CancellationToken cancellationToken)
    {
        while (pages.Length > 0)
        {
            var bytes = Math.Min(pages.Length, _buffer.Length - _filled);
            pages[..bytes].CopyTo(_buffer.AsMemory(_filled));
            _pending.Add(new BlockRange(block, (uint)(bytes / blockBytes)));
            _filled += bytes;
            (block, pages) = (block + (uint)(bytes / blockBytes), pages[bytes..]);
            Count += (uint)(bytes / blockBytes);

            if (_filled == _buffer.Length)
            {
                var (pack, frame) = await sink.WriteAsync(_buffer, cancellationToken).ConfigureAwait(false);
                Place(_pending, _placed, pack, frame, 0);
                _filled = 0;
                _pending.Clear();
            }
        }
    }

    /// <summary>Ends the file: hands out where each of its changed blocks lies, ascending, when that is
    /// known.</summary>
    public async ValueTask EndAsync(
        Func<IReadOnlyList<(uint Block, BlockRun Run)>, CancellationToken, ValueTask> complete,
        CancellationToken cancellationToken)
    {
        var (placed, pending) = (_placed.ToList(), _pending.ToList());
        var rest = _buffer.AsMemory(0, _filled);
        Clear();

        if (rest.Length == 0)
            await complete(placed, cancellationToken).ConfigureAwait(false);
        else
            await sink.ShareAsync(
                rest,
                (pack, frame, offset, stop) =>
                {
                    Place(pending, placed, pack, frame, offset);
                    return complete(placed, stop);
                },
                cancellationToken).ConfigureAwait(false);
    }

    void Place(
        List<BlockRange> pending, List<(uint Block, BlockRun Run)> placed, int pack, int frame, int offset)
    {
        foreach (var range in pending)
        {
            placed.Add((range.First, BlockRun.At(range.Count, pack, frame, offset)));
            offset += checked((int)range.Count * blockBytes);
        }
    }
}
