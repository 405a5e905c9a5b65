using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Testing.Postgres;

/// <summary>The processes of one cluster: all that stand in its data directory.</summary>
static class ClusterProcesses
{
    public static async Task KillAsync(string dataDirectory, TimeSpan patience)
    {
        var postmaster = PostmasterPid.Read(dataDirectory)
            ?? throw new InvalidOperationException($"no server runs on '{dataDirectory}'");
        using var limit = new CancellationTokenSource(patience);

        // Children first notice the postmaster's death after a while; the next start would find their shared memory.
        Kill(postmaster.Pid);

        while (Of(dataDirectory) is { Count: > 0 } left)
        {
            left.ForEach(Kill);
            await Task.Delay(10, limit.Token);
        }
    }

    static List<int> Of(string dataDirectory)
        => [.. Directory.EnumerateDirectories("/proc")
            .Select(static path => int.TryParse(
                Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0
                && NativeProcess.NameOf(pid) is "postgres"
                && NativeProcess.WorkingDirectoryOf(pid) == NativeProcess.RealPath(dataDirectory))];

    static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended between being listed and being killed.
        }
    }
}
