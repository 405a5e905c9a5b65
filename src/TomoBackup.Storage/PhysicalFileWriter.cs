using Microsoft.Win32.SafeHandles;

namespace TomoBackup.Storage;

/// <summary>
/// Invariant: once a sync failed, nothing succeeds any more. The kernel reports a lost page once and then calls it
/// clean, so a second fsync would return zero over missing bytes.
/// </summary>
sealed class PhysicalFileWriter(SafeFileHandle file, string path, long writeBackBytes) : IFileWriter
{
    volatile bool _syncFailed;
    long _unsyncedBytes;

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        ThrowIfSyncFailed();

        for (var rest = bytes; !rest.IsEmpty;)
        {
            var written = LibC.Write(file, rest, (nuint)rest.Length, offset);

            if (written == 0)
                throw Errno.Failure("write", path, Errno.InputOutput);

            if (written > 0)
            {
                rest = rest[(int)written..];
                offset += written;
            }
            else if (Errno.Last is not Errno.Interrupted and var error)
            {
                throw Errno.Failure("write", path, error);
            }
        }

        StartWriteBack(bytes.Length);
    }

    public void SetLength(long bytes)
    {
        ThrowIfSyncFailed();

        if (LibC.SetLength(file, bytes) != 0)
            throw Errno.Failure("set the length of", path, Errno.Last);
    }

    public void Sync()
    {
        ThrowIfSyncFailed();

        if (LibC.Sync(file) == 0)
            return;

        var error = Errno.Last;
        _syncFailed = true;
        throw Errno.Failure("sync", path, error);
    }

    public void Dispose() => file.Dispose();

    // Lets the disk work while we compress the next bytes. Only a hint: pages that fail here stay dirty or mark the
    // file, so the fsync that follows reports them.
    void StartWriteBack(int bytes)
    {
        if (writeBackBytes <= 0 || Interlocked.Add(ref _unsyncedBytes, bytes) < writeBackBytes)
            return;

        Interlocked.Exchange(ref _unsyncedBytes, 0);
        _ = LibC.SyncRange(file, 0, 0, LibC.StartWriteBack);
    }

    void ThrowIfSyncFailed()
    {
        if (_syncFailed)
            throw Errno.Failure($"unable to use '{path}': an earlier sync failed", Errno.InputOutput);
    }
}
