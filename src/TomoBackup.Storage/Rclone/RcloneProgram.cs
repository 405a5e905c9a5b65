using System.ComponentModel;
using System.Diagnostics;

namespace TomoBackup.Storage.Rclone;

/// <summary>The rclone of this machine, and whether it is new enough.</summary>
static class RcloneProgram
{
    /// <summary>1.61 listens on a unix socket; 1.63 tells which remotes show unfinished uploads (PartialUploads), and
    /// knows <c>--inplace</c>. Tried are 1.75, and Debian 12's 1.60, which is refused.</summary>
    public static readonly Version Oldest = new(1, 63);

    /// <summary>Absolute path of a program; null where none is found.</summary>
    public static string? Find(string program)
        => program.Contains('/', StringComparison.Ordinal)
            ? Path.GetFullPath(program) is var path && File.Exists(path) ? path : null
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Join(folder, program))
                .FirstOrDefault(File.Exists);

    /// <summary>Why this version will not do; null where it will.</summary>
    public static string? Objection(string path, Version version)
        => version >= Oldest
            ? null
            : $"'{path}' is rclone {version}, and {Oldest} is needed at least: install a newer one, for example "
                + "from https://rclone.org/downloads/";

    /// <summary>Asks a program for its version; null where it does not say.</summary>
    public static async Task<Version?> VersionOfAsync(
        string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, ["version"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });

            if (process is null)
                return null;

            try
            {
                process.StandardInput.Close();
                var line = await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask()
                    .WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
                return Parse(line);
            }
            finally
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception failure) when (failure is Win32Exception or IOException or TimeoutException)
        {
            return null;
        }
    }

    // "rclone v1.60.1-DEV"
    static Version? Parse(string? line)
        => line?.Split(' ') is ["rclone", ['v', .. var text], ..]
            && Version.TryParse(text.Split('-')[0], out var version)
            ? version
            : null;
}
