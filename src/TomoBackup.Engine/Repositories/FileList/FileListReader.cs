using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TomoBackup.Codecs;

namespace TomoBackup.Repositories.FileList;

/// <summary>
/// Streams a file list back. It is checked line by line and against the counts of the
/// last line, so that a list that was cut off is never taken for a whole one.
/// </summary>
sealed class FileListReader(PackObjectReader pack)
{
    const int MaxLineBytes = 64 << 20;

    readonly ArrayBufferWriter<byte> _pending = new(1 << 20);
    int _frame;
    int _consumed;

    /// <summary>Reads all lines but the last, which is checked.</summary>
    public async IAsyncEnumerable<FileListLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long directories = 0, files = 0, bytes = 0;

        while (true)
        {
            var line = Parse(
                await NextLineAsync(cancellationToken).ConfigureAwait(false), FileListJson.Default.FileListLine);

            switch (line.Type)
            {
                case FileListLine.End:
                    if ((line.Directories, line.Files, line.Bytes) != (directories, files, bytes)
                        || !await AtEndAsync(cancellationToken).ConfigureAwait(false))
                        throw Damaged("its counts do not agree with its lines");
                    yield break;

                case FileListLine.Directory:
                    directories++;
                    break;

                case FileListLine.File:
                    files++;
                    bytes += line.Size ?? throw Damaged("a file has no size");
                    break;
            }

            FileListRules.Check(line);
            yield return line;
        }
    }

    async ValueTask<ReadOnlyMemory<byte>> NextLineAsync(CancellationToken cancellationToken)
    {
        var searched = 0;

        while (true)
        {
            var rest = _pending.WrittenMemory[_consumed..];
            var length = rest.Span[searched..].IndexOf((byte)'\n');

            if (length >= 0)
            {
                _consumed += searched + length + 1;
                return rest[..(searched + length)];
            }

            if (rest.Length > MaxLineBytes)
                throw Damaged("a line is too long");

            searched = rest.Length;

            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                throw Damaged("it is cut off");
        }
    }

    async ValueTask<bool> AtEndAsync(CancellationToken cancellationToken)
        => _consumed == _pending.WrittenCount && !await FillAsync(cancellationToken).ConfigureAwait(false);

    async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_frame == pack.Table.Frames.Count)
            return false;

        var rest = _pending.WrittenMemory[_consumed..].ToArray();
        _pending.ResetWrittenCount();
        _pending.Write(rest);
        _consumed = 0;

        var length = pack.Table.Frames[_frame].PlainBytes;
        var target = _pending.GetMemory(length)[..length];
        _pending.Advance(await pack.ReadFrameAsync(_frame++, target, cancellationToken).ConfigureAwait(false));
        return true;
    }

    static T Parse<T>(ReadOnlyMemory<byte> line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(line.Span, type) ?? throw Damaged("a line is empty");
        }
        catch (JsonException e)
        {
            throw Damaged($"a line cannot be read: {e.Message}");
        }
    }

    static CodecException Damaged(string reason) => new(CodecFailure.Damaged, $"the file list is damaged: {reason}");
}
