using Microsoft.Win32.SafeHandles;

namespace TomoBackup.Storage;

/// <summary>
/// A lock that is held. It is let go by name, not only by closing: between fork and exec a program that another thread
/// starts has the same open file, and would keep the lock for that long.
/// </summary>
sealed class PhysicalLock(SafeFileHandle file) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        if (file.IsClosed)
            return;

        _ = LibC.Lock(file, LibC.Unlock); // it cannot fail on an open file, and closing follows
        file.Dispose();
    }
}
