using System.Text;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Policies;

/// <summary>A machine that has a few text files and links, and nothing else that a policy needs.</summary>
sealed class TextFiles : IFileSystem
{
    readonly Dictionary<string, byte[]> _files = [];
    readonly Dictionary<string, string> _links = [];

    public string this[string path]
    {
        set => _files[path] = Encoding.UTF8.GetBytes(value);
    }

    public void Put(string path, byte[] bytes) => _files[path] = bytes;

    public void CreateSymbolicLink(string path, string target) => _links[path] = target;

    public IFileReader? OpenRead(string path)
        => _files.TryGetValue(path, out var bytes) ? new Reader(bytes)
            : _links.ContainsKey(path) ? throw new IOException($"unable to open '{path}': it is a link")
            : null;

    public FileFacts? Stat(string path)
        => _links.TryGetValue(path, out var target) ? Facts(path, FileKind.Link, target)
            : _files.ContainsKey(path) ? Facts(path, FileKind.File, null)
            : null;

    public IFileWriter CreateNew(string path, UnixFileMode mode) => throw new NotSupportedException();

    public IFileWriter CreateScratch(string path, UnixFileMode mode) => throw new NotSupportedException();

    public IReadOnlyList<FileFacts> List(string directory, string prefix = "") => throw new NotSupportedException();

    public bool CreateDirectory(string path, UnixFileMode mode) => throw new NotSupportedException();

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

    public SpaceFacts Space(string path) => throw new NotSupportedException();

    static FileFacts Facts(string path, FileKind kind, string? target)
        => new(Path.GetFileName(path), kind, 0, default, DateTimeOffset.UnixEpoch, 0, 0, 0, 0, target);

    sealed class Reader(byte[] bytes) : IFileReader
    {
        public long Length => bytes.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, bytes.Length - offset);
            bytes.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Dispose()
        {
        }
    }
}
