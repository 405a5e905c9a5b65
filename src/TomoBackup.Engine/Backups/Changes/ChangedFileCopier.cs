using TomoBackup.Postgres;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;

namespace TomoBackup.Backups.Changes;

/// <summary>
/// One worker's part in an incremental backup: records what an earlier backup holds already, stores the blocks that
/// changed, and leaves to its caller what must be stored whole.
/// </summary>
sealed class ChangedFileCopier(
    IFileSystem files,
    PackSink sink,
    PageInspector? inspector,
    CopyTally tally,
    ChangeSource source,
    FileChangeRules rules,
    Func<FileListLine, CancellationToken, ValueTask> record) : IAsyncDisposable
{
    readonly int _blockBytes = source.Parent.Manifest.BlockSize;
    readonly StoredFileReader _stored = new(source.Parent.Contents, source.Parent.Manifest);
    readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(PackSink.FrameBytes);
    readonly ChangedPages _pages = new(sink, source.Parent.Manifest.BlockSize);

    /// <summary>Copies what is needed of a file, and records its line.</summary>
    /// <returns>False where it must be stored whole; then nothing was recorded.</returns>
    public async ValueTask<bool> TryCopyAsync(PlannedFile file, string type, CancellationToken cancellationToken)
    {
        var parent = source.Parent.Find(type, file.Path);

        switch (rules.Decide(file, file.Length, parent))
        {
            case FileChange.Whole:
                return false;

            case FileChange.Same:
                return await ReferAsync(file, type, parent!, cancellationToken).ConfigureAwait(false);
        }

        using var reader = files.OpenRead(file.Source);

        if (reader is null)
        {
            tally.Vanished();
            return true;
        }

        // The size counts that was read once, here: what is added behind it comes back with WAL.
        return rules.Decide(file, reader.Length, parent) switch
        {
            FileChange.Compared => await TryCompareAsync(file, type, parent!, reader, cancellationToken)
                .ConfigureAwait(false),
            FileChange.Blocks changed => await TryCopyBlocksAsync(
                file, parent!, reader, changed.Ranges, cancellationToken).ConfigureAwait(false),
            FileChange.ByPage => await TryCopyBlocksAsync(file, parent!, reader, null, cancellationToken)
                .ConfigureAwait(false),
            FileChange.Same => await ReferAsync(file, type, parent!, cancellationToken).ConfigureAwait(false),
            _ => false,
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stored.DisposeAsync();

    /// <summary>Records that the parent's places hold it.</summary>
    /// <returns>True.</returns>
    async ValueTask<bool> ReferAsync(
        PlannedFile file, string type, FileListLine parent, CancellationToken cancellationToken)
    {
        var line = FileCopier.Line(file, type);
        await record(
            line with { Size = parent.Size, Crc32c = parent.Crc32c, Runs = parent.Runs, Map = parent.Map },
            cancellationToken).ConfigureAwait(false);
        await RecordDamageAsync(file.Path, source.Parent.DamageOf(file.Path), cancellationToken).ConfigureAwait(false);
        tally.Referenced(parent.Size!.Value);
        return true;
    }

    /// <summary>Same size, same time, same checksum: three witnesses, none of which alone would do.</summary>
    async ValueTask<bool> TryCompareAsync(
        PlannedFile file, string type, FileListLine parent, IFileReader reader, CancellationToken cancellationToken)
    {
        var (state, offset) = (Crc32C.Seed, 0L);

        for (var read = 1; read > 0 && offset < parent.Size; offset += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            read = reader.Read(offset, _buffer);
            state = Crc32C.Append(state, _buffer.AsSpan(0, read));
        }

        return offset == parent.Size
            && FileCopier.Hex(Crc32C.Finish(state)) == parent.Crc32c
            && await ReferAsync(file, type, parent, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="ranges">What changed; null where each page must tell.</param>
    async ValueTask<bool> TryCopyBlocksAsync(
        PlannedFile file,
        FileListLine parent,
        IFileReader reader,
        IReadOnlyList<BlockRange>? ranges,
        CancellationToken cancellationToken)
    {
        var blocks = (uint)(reader.Length / _blockBytes);

        if (await _stored.ReadMapAsync(parent, cancellationToken).ConfigureAwait(false) is not { } map
            || map.Runs.Count + 2 * (ranges?.Count ?? 0) > BlockMap.MaxRuns)
            return false;

        PageRule? rule = ranges is null
            ? new PageRule(source.Parent.Manifest.StartLsn, map.Blocks, source.PositionsTellAll)
            : null;
        var pages = new ChangedPageReader(file, reader, inspector, _blockBytes, _buffer);
        _pages.Clear();

        foreach (var range in ranges ?? [new BlockRange(0, blocks)])
        {
            var reached = await pages.ReadAsync(range, rule, _pages, cancellationToken).ConfigureAwait(false);

            // Cut off while it was read: replay cuts it again.
            if (reached < range.First + range.Count)
            {
                blocks = reached;
                break;
            }
        }

        if (map.Runs.Count + 2 * _pages.Ranges > BlockMap.MaxRuns)
        {
            _pages.Clear();
            return false;
        }

        var copied = (long)_pages.Count * _blockBytes;
        tally.Copied(copied);
        tally.Referenced((long)blocks * _blockBytes - copied);

        var damage = pages.Damage
            .Concat(source.Parent.DamageOf(file.Path).Where(block => block < blocks && !_pages.Contains(block)))
            .Order()
            .ToList();

        await _pages.EndAsync(
            (changes, stop) => RecordMapAsync(file, map.With(changes, blocks), damage, stop),
            cancellationToken).ConfigureAwait(false);
        await sink.RollAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    async ValueTask RecordMapAsync(
        PlannedFile file, BlockMap map, List<uint> damage, CancellationToken cancellationToken)
    {
        var line = FileCopier.Line(file, FileListLine.File) with { Size = (long)map.Blocks * _blockBytes };

        if (map.Blocks == 0)
            await record(line with { Crc32c = FileCopier.Hex(Crc32C.Compute([])), Runs = [] }, cancellationToken)
                .ConfigureAwait(false);
        else
        {
            var bytes = map.Encode();
            await sink.ShareAsync(
                bytes,
                (pack, frame, offset, stop) => record(line with { Map = [pack, frame, offset, bytes.Length] }, stop),
                cancellationToken).ConfigureAwait(false);
        }

        await RecordDamageAsync(file.Path, damage, cancellationToken).ConfigureAwait(false);
    }

    ValueTask RecordDamageAsync(string path, IReadOnlyList<uint> blocks, CancellationToken cancellationToken)
        => blocks.Count == 0
            ? ValueTask.CompletedTask
            : record(
                new FileListLine { Type = FileListLine.Damage, Path = path, Blocks = blocks }, cancellationToken);
}
