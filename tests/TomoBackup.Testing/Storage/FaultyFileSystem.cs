using TomoBackup.Storage;

namespace TomoBackup.Testing.Storage;

/// <summary>A file system whose n-th operation goes wrong; with <see cref="FaultPlan.Count"/> it only writes down
/// what is asked of it, and in which order. A lost reply shows as EIO. A crash in a write leaves its first half.
/// Closing files and ending locks is never an operation: the kernel does that for the dead as well.</summary>
public sealed class FaultyFileSystem(IFileSystem inner, FaultPlan plan) : IFileSystem
{
    /// <inheritdoc/>
    public IFileReader? OpenRead(string path)
        => Do($"open {path}", () => inner.OpenRead(path)) is { } reader ? new Reader(this, path, reader) : null;

    /// <inheritdoc/>
    public IFileWriter CreateNew(string path, UnixFileMode mode)
        => new Writer(this, path, Do($"create {path}", () => inner.CreateNew(path, mode)));

    /// <inheritdoc/>
    public IFileWriter CreateScratch(string path, UnixFileMode mode)
        => new Writer(this, path, Do($"create scratch {path}", () => inner.CreateScratch(path, mode)));

    /// <inheritdoc/>
    public FileFacts? Stat(string path) => Do($"examine {path}", () => inner.Stat(path));

    /// <inheritdoc/>
    public IReadOnlyList<FileFacts> List(string directory, string prefix = "")
        => Do($"list {directory}", () => inner.List(directory, prefix));

    /// <inheritdoc/>
    public bool CreateDirectory(string path, UnixFileMode mode)
        => Do($"create directory {path}", () => inner.CreateDirectory(path, mode));

    /// <inheritdoc/>
    public void CreateSymbolicLink(string path, string target)
        => Do($"create link {path}", () => inner.CreateSymbolicLink(path, target));

    /// <inheritdoc/>
    public bool TryRename(string from, string to)
        => Do($"rename {from} to {to}", () => inner.TryRename(from, to));

    /// <inheritdoc/>
    public void Replace(string from, string to) => Do($"replace {to} by {from}", () => inner.Replace(from, to));

    /// <inheritdoc/>
    public void SyncDirectory(string path) => Do($"sync directory {path}", () => inner.SyncDirectory(path));

    /// <inheritdoc/>
    public void SyncFileSystem(string path) => Do($"sync file system {path}", () => inner.SyncFileSystem(path));

    /// <inheritdoc/>
    public void DeleteFile(string path) => Do($"delete {path}", () => inner.DeleteFile(path));

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => Do($"delete directory {path}", () => inner.DeleteDirectory(path));

    /// <inheritdoc/>
    public void SetMode(string path, UnixFileMode mode) => Do($"set mode {path}", () => inner.SetMode(path, mode));

    /// <inheritdoc/>
    public void SetOwner(string path, uint user, uint group)
        => Do($"set owner {path}", () => inner.SetOwner(path, user, group));

    /// <inheritdoc/>
    public IDisposable? TryLock(string path) => Do($"lock {path}", () => inner.TryLock(path));

    /// <summary>What every place says is free; null for the truth.</summary>
    public long? Room { get; init; }

    /// <inheritdoc/>
    public long FreeBytes(string path) => Do($"measure {path}", () => Room ?? inner.FreeBytes(path));

    public SpaceFacts Space(string path) => Do($"measure {path}", () => inner.Space(path));

    T Do<T>(string operation, Func<T> work)
    {
        var lost = plan.Enter(operation, Failure);
        var result = work();

        if (!lost)
            return result;

        (result as IDisposable)?.Dispose();
        throw Failure(StoreFailure.Unreachable, operation);
    }

    void Do(string operation, Action work)
        => Do(operation, () =>
        {
            work();
            return true;
        });

    static Exception Failure(StoreFailure failure, string operation)
    {
        var error = failure switch
        {
            StoreFailure.Full => Errno.NoSpace,
            StoreFailure.Denied => Errno.AccessDenied,
            StoreFailure.Missing => Errno.NotFound,
            StoreFailure.Damaged => Errno.BadMessage,
            _ => Errno.InputOutput,
        };

        return Errno.Failure($"unable to {operation}: {Errno.Text(error)}", error);
    }

    sealed class Reader(FaultyFileSystem files, string path, IFileReader inner) : IFileReader
    {
        public long Length => files.Do($"measure {path}", () => inner.Length);

        public int Read(long offset, Span<byte> buffer)
        {
            var lost = files.Enter($"read {path} at {offset}");
            var read = inner.Read(offset, buffer);
            return lost ? throw Failure(StoreFailure.Unreachable, $"read {path}") : read;
        }

        public void Dispose() => inner.Dispose();
    }

    sealed class Writer(FaultyFileSystem files, string path, IFileWriter inner) : IFileWriter
    {
        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                var lost = files.Enter($"write {path} at {offset}");
                inner.Write(offset, bytes);

                if (lost)
                    throw Failure(StoreFailure.Unreachable, $"write {path}");
            }
            catch (SimulatedCrashException crash) when (crash.IsFirst)
            {
                inner.Write(offset, bytes[..(bytes.Length / 2)]);
                throw;
            }
        }

        public void SetLength(long bytes) => files.Do($"set length {path}", () => inner.SetLength(bytes));

        public void Sync() => files.Do($"sync file {path}", inner.Sync);

        public void Dispose() => inner.Dispose();
    }

    bool Enter(string operation) => plan.Enter(operation, Failure);
}
