using System.Runtime.InteropServices;

namespace TomoBackup.Cli;

/// <summary>Asks the kernel, since only it knows groups, access lists and read-only mounts.</summary>
static partial class WritableDirectory
{
    const int WriteAndEnter = 2 | 1; // W_OK | X_OK of unistd.h

    public static bool Exists(string path) => Directory.Exists(path) && Access(path, WriteAndEnter) is 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
