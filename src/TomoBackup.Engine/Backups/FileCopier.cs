using System.Globalization;
using TomoBackup.Backups.Changes;
using TomoBackup.Postgres;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;

namespace TomoBackup.Backups;

/// <summary>
/// One worker of a backup: reads a file a frame at a time, checks its pages, and hands the bytes to its packs. A file
/// that vanished, shrank or grew meanwhile is normal: WAL replay puts it right.
/// </summary>
sealed class FileCopier(
    IFileSystem files,
    PackSink sink,
    PageInspector? inspector,
    CopyTally tally,
    ChangedFileCopier? changed,
    Func<FileListLine, CancellationToken, ValueTask> record) : IAsyncDisposable
{
    readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(PackSink.FrameBytes);

    /// <summary>Copies one file and records its line, or nothing where the file is gone.</summary>
    public async ValueTask CopyAsync(PlannedFile file, string type, CancellationToken cancellationToken)
    {
        if (changed is not null && await changed.TryCopyAsync(file, type, cancellationToken).ConfigureAwait(false))
            return;

        using var reader = files.OpenRead(file.Source);

        if (reader is null)
        {
            tally.Vanished();
            return;
        }

        var line = Line(file, type);
        var limit = reader.Length;
        var damage = new List<uint>();

        if (limit < PackSink.FrameBytes)
            await CopySmallAsync(file, reader, (int)limit, line, damage, cancellationToken).ConfigureAwait(false);
        else
            await CopyLargeAsync(file, reader, limit, line, damage, cancellationToken).ConfigureAwait(false);

        if (damage.Count > 0)
            await record(
                new FileListLine { Type = FileListLine.Damage, Path = file.Path, Blocks = damage }, cancellationToken)
                .ConfigureAwait(false);
    }

    /// <summary>Writes what is pending in this worker's packs.</summary>
    public ValueTask FinishAsync(CancellationToken cancellationToken) => sink.FinishAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (changed is not null)
            await changed.DisposeAsync().ConfigureAwait(false);

        await sink.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stores bytes that the caller has read himself.</summary>
    public ValueTask StoreAsync(PlannedFile file, byte[] bytes, CancellationToken cancellationToken)
    {
        tally.Copied(bytes.Length);
        return sink.ShareAsync(
            bytes,
            Line(file, FileListLine.File) with { Size = bytes.Length, Crc32c = Hex(Crc32C.Compute(bytes)) },
            cancellationToken);
    }

    /// <summary>Permission bits as the file list writes them.</summary>
    public static string ModeText(UnixFileMode mode) => Convert.ToString((int)mode & 0x1FF, 8).PadLeft(4, '0');

    async ValueTask CopySmallAsync(
        PlannedFile file,
        IFileReader reader,
        int limit,
        FileListLine line,
        List<uint> damage,
        CancellationToken cancellationToken)
    {
        var read = reader.Read(0, _buffer.AsSpan(0, limit));
        var bytes = _buffer.AsMemory(0, read);
        Inspect(file, reader, 0, bytes, damage);
        tally.Copied(read);

        line = line with { Size = read, Crc32c = Hex(Crc32C.Compute(bytes.Span)) };

        if (read == 0)
            await record(line with { Runs = [] }, cancellationToken).ConfigureAwait(false);
        else
            await sink.ShareAsync(bytes, line, cancellationToken).ConfigureAwait(false);
    }

    async ValueTask CopyLargeAsync(
        PlannedFile file,
        IFileReader reader,
        long limit,
        FileListLine line,
        List<uint> damage,
        CancellationToken cancellationToken)
    {
        var runs = new List<int[]>();
        var crc = Crc32C.Seed;
        var offset = 0L;

        while (offset < limit)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = (int)Math.Min(_buffer.Length, limit - offset);
            var read = reader.Read(offset, _buffer.AsSpan(0, wanted));

            // All frames of a file but its last are full: the address of a block counts on it (docs/format §8).
            if (read < wanted)
                limit = offset + read;

            if (read == 0)
                break;

            var bytes = _buffer.AsMemory(0, read);
            Inspect(file, reader, offset, bytes, damage);
            crc = Crc32C.Append(crc, bytes.Span);
            AddRun(runs, await sink.WriteAsync(bytes, cancellationToken).ConfigureAwait(false));
            tally.Copied(read);
            offset += read;
        }

        await record(line with { Size = offset, Crc32c = Hex(Crc32C.Finish(crc)), Runs = runs }, cancellationToken)
            .ConfigureAwait(false);
        await sink.RollAsync(cancellationToken).ConfigureAwait(false);
    }

    void Inspect(PlannedFile file, IFileReader reader, long offset, Memory<byte> bytes, List<uint> damage)
    {
        if (inspector is not null && file.FirstBlock is { } first)
            inspector.Inspect(reader, offset, first, bytes.Span, damage);
    }

    /// <summary>The beginning of a file's line.</summary>
    public static FileListLine Line(PlannedFile file, string type)
        => new() { Type = type, Path = file.Path, Mode = ModeText(file.Mode), Modified = file.Modified };

    static void AddRun(List<int[]> runs, (int Pack, int Frame) at)
    {
        if (runs.Count > 0 && runs[^1] is var last && last[0] == at.Pack && last[1] + last[2] == at.Frame)
            last[2]++;
        else
            runs.Add([at.Pack, at.Frame, 1]);
    }

    /// <summary>A checksum as the file list writes it.</summary>
    public static string Hex(uint value) => value.ToString("x8", CultureInfo.InvariantCulture);
}
