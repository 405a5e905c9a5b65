using System.Globalization;
using System.Runtime.InteropServices;

namespace TomoBackup.Tests.Storage;

/// <summary>Open files by their numbers, as a forked process has them.</summary>
static partial class RawFiles
{
    /// <summary>Opens a second number for a file that this process has open: the same open file, as after fork.
    /// </summary>
    public static int Duplicate(string path)
    {
        var number = Directory.EnumerateFiles("/proc/self/fd")
            .Single(f => new FileInfo(f).LinkTarget == path);
        var copy = DuplicateNumber(int.Parse(Path.GetFileName(number), CultureInfo.InvariantCulture));
        Assert.InRange(copy, 0, int.MaxValue);
        return copy;
    }

    public static void Close(int number) => Assert.Equal(0, CloseNumber(number));

    [LibraryImport("libc", EntryPoint = "dup")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DuplicateNumber(int number);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseNumber(int number);
}
