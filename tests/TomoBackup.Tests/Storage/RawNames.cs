using System.Runtime.InteropServices;

namespace TomoBackup.Tests.Storage;

/// <summary>Makes names that no .NET string can hold. Paths end with a NUL.</summary>
static partial class RawNames
{
    public static void CreateDirectory(byte[] path) => Assert.Equal(0, MakeDirectory(path, 0x1c0));

    public static void DeleteDirectory(byte[] path) => Assert.Equal(0, RemoveDirectory(path));

    [LibraryImport("libc", EntryPoint = "mkdir")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MakeDirectory(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "rmdir")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RemoveDirectory(byte[] path);
}
