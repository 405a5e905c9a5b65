using System.Text;
using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>
/// The servers that run on this host and listen on a socket, by the lock files beside their sockets: PostgreSQL writes
/// the process and the data directory into each (<c>.s.PGSQL.5432.lock</c>, in the form of <c>postmaster.pid</c>). A
/// server without a socket, or with one in another folder than those that are looked at, is not found.
/// </summary>
/// <param name="files">The files of this machine.</param>
/// <param name="unseen">Takes what could not be seen.</param>
/// <param name="system">What stands before <c>/proc</c> and the usual folders: nothing, but in tests.</param>
sealed class ServersOfHost(IFileSystem files, ICollection<UnseenFact> unseen, string system = "")
{
    const string LockPrefix = ".s.PGSQL.";
    const string LockSuffix = ".lock";
    const int MaxLockBytes = 1 << 16;

    /// <summary>PostgreSQL's own default, and that of distributions.</summary>
    static readonly string[] UsualFolders = ["/tmp", "/run/postgresql"];

    /// <summary>Those that no cluster of the policy is.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="dataDirectories">By the cluster's name; null where it is not known.</param>
    public IReadOnlyList<RunningServer> Strangers(
        BackupPolicy policy, IReadOnlyDictionary<string, string?> dataDirectories)
        =>
        [
            .. UsualFolders.Select(folder => system + folder)
                .Concat(policy.Clusters.Select(cluster => cluster.Connection.Host).OfType<string>())
                .Where(host => host.StartsWith('/'))
                .Distinct()
                .SelectMany(Running)
                .DistinctBy(server => (server.DataDirectory, server.Port))
                .Where(server => !policy.Clusters.Any(cluster => Is(cluster, dataDirectories[cluster.Name], server))),
        ];

    List<RunningServer> Running(string folder)
    {
        try
        {
            return files.Stat($"{folder}/.") is null
                ? []
                : [.. files.List(folder, LockPrefix)
                    .Where(file => file.Name.EndsWith(LockSuffix, StringComparison.Ordinal))
                    .Select(file => files.ReadAll($"{folder}/{file.Name}", MaxLockBytes))
                    .OfType<byte[]>()
                    .Select(bytes => PostmasterPid.Parse(Encoding.UTF8.GetString(bytes)))
                    .Where(IsAlive)
                    .Select(running => new RunningServer(running!.DataDirectory, running.Port ?? 0))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unseen.Add(new UnseenFact("clusters", $"the servers with a socket in '{folder}'", e.Message));
            return [];
        }
    }

    // A lock file may be left over from a crash, and its number may be another process by now.
    bool IsAlive(PostmasterPid? pid)
        => pid is not null
            && files.ReadKernelText($"{system}/proc/{pid.Pid}/comm")?.Trim() is "postgres" or "postmaster";

    bool Is(ClusterPolicy cluster, string? directory, RunningServer server)
        => directory is null
            ? cluster.Connection.Host is null or ['/', ..] && cluster.Connection.Port == server.Port
            : directory == server.DataDirectory || IsSame(directory, server.DataDirectory);

    bool IsSame(string directory, string other)
    {
        try
        {
            return files.Stat($"{directory}/.") is { } one && files.Stat($"{other}/.") is { } two
                && (one.Device, one.Inode) == (two.Device, two.Inode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's directory: by its name it is another one.
            return false;
        }
    }
}
