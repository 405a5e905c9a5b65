using System.Buffers;
using System.Text.Json;

namespace TomoBackup.Repositories.FileList;

/// <summary>Streams a file list into a pack, a frame at a time: memory does not grow with the number of
/// files.</summary>
sealed class FileListWriter(PackObjectWriter pack, int frameBytes)
{
    readonly ArrayBufferWriter<byte> _lines = new(frameBytes + 4096);
    long _directories;
    long _files;
    long _bytes;

    /// <summary>Writes any line but the last.</summary>
    public ValueTask WriteAsync(FileListLine line, CancellationToken cancellationToken)
    {
        if (line.Type == FileListLine.Directory)
            _directories++;

        if (line.Type == FileListLine.File)
        {
            _files++;
            _bytes += line.Size!.Value;
        }

        using (var json = new Utf8JsonWriter(_lines))
            JsonSerializer.Serialize(json, line, FileListJson.Default.FileListLine);

        return EndLineAsync(cancellationToken);
    }

    /// <summary>Writes the last line and commits the pack.</summary>
    public async ValueTask<PackObject> CommitAsync(CancellationToken cancellationToken)
    {
        var end = new FileListLine
        {
            Type = FileListLine.End,
            Directories = _directories,
            Files = _files,
            Bytes = _bytes,
        };

        await WriteAsync(end, cancellationToken).ConfigureAwait(false);
        await FlushAsync(keepLessThan: 1, cancellationToken).ConfigureAwait(false);
        return await pack.CommitAsync(default, cancellationToken).ConfigureAwait(false);
    }

    ValueTask EndLineAsync(CancellationToken cancellationToken)
    {
        _lines.Write("\n"u8);
        return _lines.WrittenCount < frameBytes ? ValueTask.CompletedTask : FlushAsync(frameBytes, cancellationToken);
    }

    async ValueTask FlushAsync(int keepLessThan, CancellationToken cancellationToken)
    {
        var rest = _lines.WrittenMemory;

        while (rest.Length >= keepLessThan && rest.Length > 0)
        {
            var frame = rest[..Math.Min(rest.Length, frameBytes)];
            await pack.WriteFrameAsync(frame, cancellationToken).ConfigureAwait(false);
            rest = rest[frame.Length..];
        }

        var kept = rest.ToArray();
        _lines.ResetWrittenCount();
        _lines.Write(kept);
    }
}
