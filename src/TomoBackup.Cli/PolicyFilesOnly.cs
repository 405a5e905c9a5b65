using TomoBackup.Storage;

namespace TomoBackup.Cli;

/// <summary>Reads files, and nothing else, until the machine's file system of TomoBackup.Storage takes its place in
/// <c>Program</c>: enough for a policy.</summary>
sealed class PolicyFilesOnly : IFileSystem
{
    public IFileReader? OpenRead(string path) => File.Exists(path) ? new Reader(path) : null;

    public FileFacts? Stat(string path)
    {
        var file = new FileInfo(path);

        return file.Exists || file.LinkTarget is not null
            ? new FileFacts(
                file.Name,
                file.LinkTarget is null ? FileKind.File : FileKind.Link,
                file.LinkTarget is null ? file.Length : 0,
                file.UnixFileMode,
                file.LastWriteTimeUtc,
                User: 0,
                Group: 0,
                Device: 0,
                Inode: 0,
                file.LinkTarget)
            : null;
    }

    public IFileWriter CreateNew(string path, UnixFileMode mode) => throw new NotSupportedException();

    public IReadOnlyList<FileFacts> List(string directory) => throw new NotSupportedException();

    public bool CreateDirectory(string path, UnixFileMode mode) => throw new NotSupportedException();

    public void CreateSymbolicLink(string path, string target) => throw new NotSupportedException();

    public bool TryRename(string from, string to) => throw new NotSupportedException();

    public void Replace(string from, string to) => throw new NotSupportedException();

    public void SyncDirectory(string path) => throw new NotSupportedException();

    public void SyncFileSystem(string path) => throw new NotSupportedException();

    public void DeleteFile(string path) => throw new NotSupportedException();

    public void DeleteDirectory(string path) => throw new NotSupportedException();

    public void SetMode(string path, UnixFileMode mode) => throw new NotSupportedException();

    public void SetOwner(string path, uint user, uint group) => throw new NotSupportedException();

    public IDisposable? TryLock(string path) => throw new NotSupportedException();

    public long FreeBytes(string path) => throw new NotSupportedException();

    sealed class Reader(string path) : IFileReader
    {
        readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file = File.OpenHandle(path);

        public long Length => RandomAccess.GetLength(_file);

        public int Read(long offset, Span<byte> buffer) => RandomAccess.Read(_file, buffer, offset);

        public void Dispose() => _file.Dispose();
    }
}
