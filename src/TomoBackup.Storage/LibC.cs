using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TomoBackup.Storage;

/// <summary>
/// The calls of the C library that the base library lacks or gets wrong. Each returns -1 on failure and leaves the
/// cause in <see cref="Marshal.GetLastPInvokeError"/>. 64-bit Linux only: offsets are 64 bits wide.
/// </summary>
static partial class LibC
{
    public const int CurrentDirectory = -100;       // AT_FDCWD
    public const int DoNotFollow = 0x100;           // AT_SYMLINK_NOFOLLOW
    public const int EmptyPath = 0x1000;            // AT_EMPTY_PATH
    public const uint BasicStats = 0x7ff;           // STATX_BASIC_STATS
    public const uint NeverReplace = 1;             // RENAME_NOREPLACE
    public const int LockExclusiveNoWait = 2 | 4;   // LOCK_EX | LOCK_NB
    public const int Unlock = 8;                    // LOCK_UN
    public const uint StartWriteBack = 2;           // SYNC_FILE_RANGE_WRITE

    const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial SafeFileHandle Open(string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, Span<byte> buffer, nuint bytes, long offset);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nuint bytes, long offset);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int SetLength(SafeFileHandle file, long bytes);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncRange(SafeFileHandle file, long offset, long bytes, uint flags);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int SetMode(SafeFileHandle file, uint mode);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport(Library, EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint ReadEntries(SafeFileHandle directory, Span<byte> buffer, nuint bytes);

    [LibraryImport(Library, EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Stat(SafeFileHandle start, string path, int flags, uint mask, out StatxRecord result);

    [LibraryImport(Library, EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Stat(int start, string path, int flags, uint mask, out StatxRecord result);

    [LibraryImport(Library, EntryPoint = "readlinkat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial nint ReadLink(SafeFileHandle start, string path, Span<byte> buffer, nuint bytes);

    [LibraryImport(Library, EntryPoint = "readlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial nint ReadLink(string path, Span<byte> buffer, nuint bytes);

    [LibraryImport(Library, EntryPoint = "symlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int CreateSymbolicLink(string target, string path);

    [LibraryImport(Library, EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int CreateHardLink(string from, string to);

    [LibraryImport(Library, EntryPoint = "mkdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int CreateDirectory(string path, uint mode);

    [LibraryImport(Library, EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Rename(int fromStart, string from, int toStart, string to, uint flags);

    [LibraryImport(Library, EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Replace(string from, string to);

    [LibraryImport(Library, EntryPoint = "unlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int DeleteFile(string path);

    [LibraryImport(Library, EntryPoint = "rmdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int DeleteDirectory(string path);

    [LibraryImport(Library, EntryPoint = "fchmodat", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int SetMode(int start, string path, uint mode, int flags);

    [LibraryImport(Library, EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int SetOwner(string path, uint user, uint group);

    [LibraryImport(Library, EntryPoint = "statvfs", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int StatFileSystem(string path, Span<ulong> result);
}
