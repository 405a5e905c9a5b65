using Microsoft.Win32.SafeHandles;

namespace TomoBackup.Storage;

sealed class PhysicalFileReader : IFileReader
{
    readonly SafeFileHandle _file;
    readonly string _path;

    PhysicalFileReader(SafeFileHandle file, string path) => (_file, _path) = (file, path);

    /// <summary>Takes the handle over; refuses whatever is not a regular file, which open(2) alone would not.</summary>
    public static PhysicalFileReader Of(SafeFileHandle file, string path)
        => Examine(file, path).Kind == FileKind.File
            ? new(file, path)
            : throw new IOException($"unable to open '{path}': not a regular file", Errno.Invalid);

    public long Length => checked((long)Examine(_file, _path).Size);

    public int Read(long offset, Span<byte> buffer)
    {
        var done = 0;

        while (done < buffer.Length)
        {
            var rest = buffer[done..];
            var read = LibC.Read(_file, rest, (nuint)rest.Length, offset + done);

            if (read == 0)
                break;

            if (read > 0)
                done += (int)read;
            else if (Errno.Last is not Errno.Interrupted and var error)
                throw Errno.Failure("read", _path, error);
        }

        return done;
    }

    public void Dispose() => _file.Dispose();

    static StatxRecord Examine(SafeFileHandle file, string path)
        => LibC.Stat(file, "", LibC.EmptyPath, LibC.BasicStats, out var facts) == 0
            ? facts
            : throw Errno.Failure("examine", path, Errno.Last);
}
