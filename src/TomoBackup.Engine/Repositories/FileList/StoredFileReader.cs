using System.Globalization;
using TomoBackup.Codecs;
using TomoBackup.Postgres;

namespace TomoBackup.Repositories.FileList;

/// <summary>Takes a piece of a file.</summary>
/// <param name="offset">Where it belongs in the file.</param>
/// <param name="bytes">Authentic; to be used before the call returns.</param>
delegate void TakePart(long offset, ReadOnlySpan<byte> bytes);

/// <summary>
/// Reads files of a backup out of its packs, and out of those that it refers to. Nothing is handed out that was not
/// authenticated, and each frame is opened once for a file. For one thread at a time.
/// </summary>
sealed class StoredFileReader(BackupContents contents, Manifest manifest) : IAsyncDisposable
{
    const int MaxOpenPacks = 8;
    const int MaxFrameBytes = 8 << 20;

    readonly Dictionary<int, PackObjectReader> _packs = [];
    readonly Queue<int> _order = new();
    byte[] _frame = GC.AllocateUninitializedArray<byte>(PackEncoder.MaxPlainBytes);
    (int Pack, int Frame, int Length)? _last;

    /// <summary>Hands out all bytes of a file: in its order, or frame by frame where it has a map.</summary>
    /// <returns>The file's CRC-32C.</returns>
    /// <exception cref="TomoBackupException"><see cref="ErrorCode.RepositoryDamaged"/> where the bytes are not the
    /// file's.</exception>
    public async ValueTask<uint> ReadAsync(FileListLine line, TakePart take, CancellationToken cancellationToken)
        => line.Map is null
            ? await ReadRunsAsync(line, take, cancellationToken).ConfigureAwait(false)
            : await ReadMappedAsync(line, take, cancellationToken).ConfigureAwait(false);

    /// <summary>The whole content of a small file.</summary>
    public async ValueTask<byte[]> ReadAllAsync(FileListLine line, CancellationToken cancellationToken)
    {
        var content = new byte[line.Size!.Value];
        await ReadAsync(line, (offset, bytes) => bytes.CopyTo(content.AsSpan((int)offset)), cancellationToken)
            .ConfigureAwait(false);
        return content;
    }

    /// <summary>Where a file's blocks lie.</summary>
    public async ValueTask<BlockMap?> ReadMapAsync(FileListLine line, CancellationToken cancellationToken)
    {
        if (line.Map is not { } map)
            return BlockMap.Of(line, manifest.BlockSize);

        try
        {
            var bytes = await ReadFrameAsync(map[0], map[1], cancellationToken).ConfigureAwait(false);

            return map[2] + map[3] <= bytes.Length
                ? BlockMap.Decode(bytes.Span.Slice(map[2], map[3]), line.Size!.Value, manifest.BlockSize)
                : throw Damaged(line, "its map does not lie in its frame");
        }
        catch (CodecException e)
        {
            throw Damaged(line, e.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pack in _packs.Values)
            await pack.DisposeAsync().ConfigureAwait(false);
    }

    async ValueTask<uint> ReadRunsAsync(FileListLine line, TakePart take, CancellationToken cancellationToken)
    {
        var (state, size) = (Crc32C.Seed, line.Size!.Value);
        var left = size;

        foreach (var run in line.Runs!)
            for (var i = 0; i < run[2]; i++)
            {
                var offset = run.Count > 3 ? run[3] : 0;
                var bytes = await ReadFrameAsync(run[0], run[1] + i, cancellationToken).ConfigureAwait(false);

                if (offset >= bytes.Length || left == 0)
                    throw Damaged(line, "its frames do not fit its size");

                bytes = bytes[offset..];
                bytes = bytes[..(int)Math.Min(bytes.Length, left)];
                take(size - left, bytes.Span);
                state = Crc32C.Append(state, bytes.Span);
                left -= bytes.Length;
            }

        if (left != 0)
            throw Damaged(line, "its frames do not fill its size");

        var crc = Crc32C.Finish(state);

        return crc == uint.Parse(line.Crc32c!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            ? crc
            : throw Damaged(line, "its content has another checksum than when it was backed up");
    }

    /// <summary>In the order of the frames, so that none is opened twice, however often a chain of backups went back
    /// and forth between them.</summary>
    async ValueTask<uint> ReadMappedAsync(FileListLine line, TakePart take, CancellationToken cancellationToken)
    {
        var map = (await ReadMapAsync(line, cancellationToken).ConfigureAwait(false))!;
        var parts = new List<FramePart>(map.Parts());
        var checksums = new uint[parts.Count];
        var order = new int[parts.Count];

        for (var i = 0; i < order.Length; i++)
            order[i] = i;

        Array.Sort(order, (a, b) => (parts[a].Pack, parts[a].Frame).CompareTo((parts[b].Pack, parts[b].Frame)));

        foreach (var index in order)
        {
            var part = parts[index];
            var frame = await ReadFrameAsync(part.Pack, part.Frame, cancellationToken).ConfigureAwait(false);

            if (part.Offset + part.Length > frame.Length)
                throw Damaged(line, "its map names bytes that its frames do not have");

            var bytes = frame.Span.Slice(part.Offset, part.Length);
            take(part.FileOffset, bytes);
            checksums[index] = Crc32C.Compute(bytes);
        }

        var joined = default(JoinedChecksum);

        for (var i = 0; i < order.Length; i++)
            joined.Append(checksums[i], parts[i].Length);

        return joined.Value;
    }

    async ValueTask<ReadOnlyMemory<byte>> ReadFrameAsync(int number, int frame, CancellationToken cancellationToken)
    {
        // Small files that share a frame follow each other in the list.
        if (_last is var (pack, last, length) && (pack, last) == (number, frame))
            return _frame.AsMemory(0, length);

        var reader = await OpenAsync(number, cancellationToken).ConfigureAwait(false);
        _last = null;

        try
        {
            if (frame < reader.Table.Frames.Count
                && reader.Table.Frames[frame].PlainBytes is var needed
                && needed > _frame.Length)
                _frame = GC.AllocateUninitializedArray<byte>(Math.Min(needed, MaxFrameBytes));

            var bytes = await reader.ReadFrameAsync(frame, _frame, cancellationToken).ConfigureAwait(false);
            _last = (number, frame, bytes);
            return _frame.AsMemory(0, bytes);
        }
        catch (CodecException e)
        {
            throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"'{contents.PackKey(number)}' of backup '{manifest.Backup}' is damaged: {e.Message}",
                hint: "Nothing of this frame was used. Choose another backup, or another copy of the repository.",
                cause: e);
        }
    }

    async ValueTask<PackObjectReader> OpenAsync(int number, CancellationToken cancellationToken)
    {
        if (_packs.TryGetValue(number, out var open))
            return open;

        if (_order.Count == MaxOpenPacks && _packs.Remove(_order.Dequeue(), out var oldest))
            await oldest.DisposeAsync().ConfigureAwait(false);

        _order.Enqueue(number);
        return _packs[number] = await contents.OpenPackAsync(number, cancellationToken).ConfigureAwait(false);
    }

    TomoBackupException Damaged(FileListLine line, string reason)
        => TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"file '{line.Path}' of backup '{manifest.Backup}' is damaged: {reason}",
            hint: "Choose another backup, or another copy of the repository.");
}
