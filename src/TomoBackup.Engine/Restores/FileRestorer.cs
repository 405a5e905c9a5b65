using System.Globalization;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>
/// One worker of a restore: opens frames and writes files. No byte is written that was not authenticated; a file is
/// always new, so nothing that stands in the target is ever followed or replaced.
/// </summary>
sealed class FileRestorer(BackupContents contents, Manifest manifest, IFileSystem files) : IAsyncDisposable
{
    const int MaxOpenPacks = 8;
    const int MaxFrameBytes = 8 << 20;

    readonly Dictionary<int, PackObjectReader> _packs = [];
    readonly Queue<int> _order = new();
    byte[] _frame = GC.AllocateUninitializedArray<byte>(PackEncoder.MaxPlainBytes);

    /// <summary>Creates a file with its content.</summary>
    public async ValueTask RestoreAsync(FileListLine line, string path, CancellationToken cancellationToken)
    {
        using var file = files.CreateNew(path, ModeOf(line));
        var state = Crc32C.Seed;
        var written = 0L;

        await ReadAsync(
            line,
            bytes =>
            {
                file.Write(written, bytes.Span);
                state = Crc32C.Append(state, bytes.Span);
                written += bytes.Length;
            },
            cancellationToken).ConfigureAwait(false);

        Check(line, written, Crc32C.Finish(state));
    }

    /// <summary>The whole content of a small file.</summary>
    public async ValueTask<byte[]> ReadAllAsync(FileListLine line, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await ReadAsync(line, bytes => content.Write(bytes.Span), cancellationToken).ConfigureAwait(false);
        Check(line, content.Length, Crc32C.Compute(content.GetBuffer().AsSpan(0, (int)content.Length)));
        return content.ToArray();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pack in _packs.Values)
            await pack.DisposeAsync().ConfigureAwait(false);
    }

    async ValueTask ReadAsync(FileListLine line, Action<ReadOnlyMemory<byte>> take, CancellationToken cancellationToken)
    {
        var left = line.Size!.Value;

        foreach (var run in line.Runs!)
        {
            var pack = await OpenAsync(run[0], cancellationToken).ConfigureAwait(false);

            for (var i = 0; i < run[2]; i++)
            {
                var offset = run.Count > 3 ? run[3] : 0;
                var bytes = await ReadFrameAsync(pack, run[0], run[1] + i, cancellationToken).ConfigureAwait(false);

                if (offset >= bytes.Length || left == 0)
                    throw Damaged(line, "its frames do not fit its size");

                bytes = bytes[offset..];
                bytes = bytes[..(int)Math.Min(bytes.Length, left)];
                take(bytes);
                left -= bytes.Length;
            }
        }

        if (left != 0)
            throw Damaged(line, "its frames do not fill its size");
    }

    async ValueTask<ReadOnlyMemory<byte>> ReadFrameAsync(
        PackObjectReader pack, int number, int frame, CancellationToken cancellationToken)
    {
        try
        {
            if (frame < pack.Table.Frames.Count
                && pack.Table.Frames[frame].PlainBytes is var length
                && length > _frame.Length)
                _frame = GC.AllocateUninitializedArray<byte>(Math.Min(length, MaxFrameBytes));

            return _frame.AsMemory(0, await pack.ReadFrameAsync(frame, _frame, cancellationToken)
                .ConfigureAwait(false));
        }
        catch (CodecException e)
        {
            throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"'{contents.KeyOf(RepositoryLayout.PackName(number))}' of backup '{manifest.Backup}' is damaged: "
                    + $"{e.Message}",
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

    void Check(FileListLine line, long bytes, uint crc)
    {
        if (bytes != line.Size
            || crc != uint.Parse(line.Crc32c!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
            throw Damaged(line, "its content has another length or checksum than when it was backed up");
    }

    TomoBackupException Damaged(FileListLine line, string reason)
        => TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"file '{line.Path}' of backup '{manifest.Backup}' is damaged: {reason}",
            hint: "Choose another backup, or another copy of the repository.");

    /// <summary>Whatever the list says, a restored file is the owner's, and at most readable by his group.</summary>
    static UnixFileMode ModeOf(FileListLine line)
        => ((UnixFileMode)Convert.ToInt32(line.Mode, 8) & UnixFileMode.GroupRead)
            | UnixFileMode.UserRead | UnixFileMode.UserWrite;
}
