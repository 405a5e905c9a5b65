namespace TomoBackup.Repositories.FileList;

/// <summary>Blocks of a file that follow each other both in the file and where they are stored.</summary>
/// <param name="Blocks">How many; above zero.</param>
/// <param name="Pack">Number of the pack.</param>
/// <param name="Address">Where the first one begins among the pack's plain bytes, each frame counted as
/// <see cref="BlockMap.FrameBytes"/>.</param>
readonly record struct BlockRun(uint Blocks, int Pack, long Address)
{
    /// <summary>Frame of the first byte.</summary>
    public int Frame => (int)(Address / BlockMap.FrameBytes);

    /// <summary>Where the first byte stands in its frame.</summary>
    public int Offset => (int)(Address % BlockMap.FrameBytes);

    /// <summary>A run that begins at an offset of a frame.</summary>
    public static BlockRun At(uint blocks, int pack, int frame, int offset)
        => new(blocks, pack, (long)frame * BlockMap.FrameBytes + offset);

    /// <summary>What is left without the first blocks, cut to a number of blocks.</summary>
    public BlockRun Part(uint skip, uint blocks, int blockBytes)
        => new(blocks, Pack, Address + (long)skip * blockBytes);

    /// <summary>True where another run goes on where this one ends.</summary>
    public bool IsFollowedBy(BlockRun next, int blockBytes)
        => next.Pack == Pack && next.Address == Address + (long)Blocks * blockBytes;
}

/// <summary>A piece of a file within one frame.</summary>
/// <param name="FileOffset">Where it belongs in the file.</param>
/// <param name="Pack">Number of the pack.</param>
/// <param name="Frame">Number of the frame.</param>
/// <param name="Offset">Where it begins in the frame's plain bytes.</param>
/// <param name="Length">Bytes.</param>
readonly record struct FramePart(long FileOffset, int Pack, int Frame, int Offset, int Length);
