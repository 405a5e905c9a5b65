using System.Runtime.InteropServices;

namespace TomoBackup.Postgres.Server;

/// <summary>Signals and facts of processes that are not ours, straight from the kernel.</summary>
static partial class NativeProcess
{
    const int NoSuchProcess = 3;

    /// <summary>False where no such process is there any more.</summary>
    public static bool Signal(int pid, int signal)
    {
        if (pid <= 1)
            throw new ArgumentOutOfRangeException(nameof(pid), pid, "signals go to single processes");

        if (kill(pid, signal) == 0)
            return true;

        var error = Marshal.GetLastPInvokeError();

        return error == NoSuchProcess
            ? false
            : throw new PostgresServerException(
                ServerFailure.Denied,
                $"unable to signal process {pid}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>The kernel's name of a live process; null for none, and for one that ended and was not buried
    /// yet.</summary>
    public static string? NameOf(int pid)
    {
        // "pid (name) state …"; the name may hold blanks and parentheses.
        if (ReadOrNull($"/proc/{pid}/stat") is not { } stat || stat.LastIndexOf(')') is not (> 0 and var end))
            return null;

        return stat.AsSpan(end + 1).TrimStart() is ['Z' or 'X', ..]
            ? null
            : stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..end];
    }

    /// <summary>Where a process stands; null where it is gone or belongs to another user.</summary>
    public static string? WorkingDirectoryOf(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/cwd").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>With every link on the way resolved, as the kernel prints a working directory; null where nothing
    /// stands at the path.</summary>
    public static string? RealPath(string path)
    {
        var resolved = realpath(path, 0);

        try
        {
            return Marshal.PtrToStringUTF8(resolved);
        }
        finally
        {
            free(resolved);
        }
    }

    static string? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint realpath(string path, nint resolved);

    [LibraryImport("libc")]
    private static partial void free(nint memory);
}
