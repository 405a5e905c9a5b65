using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// The folder of this host's own state: signing key, open epoch keys, id keys, caches. Files are 0600 in folders of
/// 0700 and written durably. Losing it costs a new full backup, never an old one.
/// </summary>
sealed class HostState(IFileSystem files, string folder, IEntropy entropy)
{
    const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;
    const int MaxFileBytes = 1 << 20;

    /// <summary>Where it is.</summary>
    public string Folder => folder;

    string SigningKeyPath => $"{folder}/signing.key";

    /// <summary>This host's id, made at the first call: 16 hex digits.</summary>
    public string HostId()
    {
        var path = $"{folder}/host.id";

        if (files.ReadAll(path, MaxFileBytes) is { } present)
            return System.Text.Encoding.ASCII.GetString(present).Trim();

        Span<byte> random = stackalloc byte[8];
        entropy.Fill(random);
        var id = Convert.ToHexStringLower(random);
        files.CreateDirectories(folder, PrivateFolder);
        files.WriteNew(path, System.Text.Encoding.ASCII.GetBytes(id + "\n"), PrivateFile);
        return id;
    }

    /// <summary>The key that signs for this host; null before <c>init</c>.</summary>
    public SigningKey? TryReadSigningKey()
        => files.ReadAll(SigningKeyPath, MaxFileBytes) is { } pem
            ? SigningKey.ImportPem(pem)
            : null;

    /// <summary>The signing key, or the error that says how to get one.</summary>
    public SigningKey ReadSigningKey()
        => TryReadSigningKey() ?? throw TomoBackupException.Create(
            ErrorCode.KeyMissingOrWrong,
            $"this host has no signing key: there is no '{SigningKeyPath}'",
            hint: "Run 'tomo-backup init' on the database host, as the user who owns the data directory.");

    /// <summary>Makes the signing key at the first <c>init</c>, and keeps it at any later one.</summary>
    public SigningKey ReadOrCreateSigningKey()
    {
        if (TryReadSigningKey() is { } present)
            return present;

        var key = SigningKey.Generate();
        files.CreateDirectories(folder, PrivateFolder);
        files.WriteNew(SigningKeyPath, key.ExportPem(), PrivateFile);
        return key;
    }

    /// <summary>The keys of epochs that are open on this host.</summary>
    public OpenEpochs OpenEpochs(LineageId lineage) => new(files, $"{folder}/epochs/{lineage}");

    /// <summary>What is remembered of a cluster; null where nothing is, or where it cannot be read any more.</summary>
    public ClusterState? TryReadCluster(string cluster)
    {
        try
        {
            return files.ReadAll(ClusterPath(cluster), MaxFileBytes) is { } bytes
                ? JsonSerializer.Deserialize(bytes, RepositoryJson.Default.ClusterState)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Remembers a cluster.</summary>
    public void WriteCluster(string cluster, ClusterState state)
    {
        files.CreateDirectories(ClusterFolder(cluster), PrivateFolder);
        files.WriteReplace(
            ClusterPath(cluster),
            JsonSerializer.SerializeToUtf8Bytes(state, RepositoryJson.Default.ClusterState),
            PrivateFile);
    }

    /// <summary>The generations that are open; none where nothing is remembered, or where it cannot be read any
    /// more.</summary>
    public OpenGenerations ReadGenerations(string cluster)
    {
        try
        {
            return files.ReadAll(GenerationsPath(cluster), MaxFileBytes) is { } bytes
                ? JsonSerializer.Deserialize(bytes, RepositoryJson.Default.OpenGenerations) ?? OpenGenerations.None
                : OpenGenerations.None;
        }
        catch (JsonException)
        {
            return OpenGenerations.None;
        }
    }

    /// <summary>Remembers the generations that are open. Only who holds the lock of backups may.</summary>
    public void WriteGenerations(string cluster, OpenGenerations generations)
    {
        files.CreateDirectories(ClusterFolder(cluster), PrivateFolder);
        files.WriteReplace(
            GenerationsPath(cluster),
            JsonSerializer.SerializeToUtf8Bytes(generations, RepositoryJson.Default.OpenGenerations),
            PrivateFile);
    }

    /// <summary>A folder of this cluster's own: spools, markers, locks.</summary>
    public string ClusterFolder(string cluster) => $"{folder}/clusters/{cluster}";

    /// <summary>Takes a lock of this cluster on this host; null where another process holds it.</summary>
    public IDisposable? TryLock(string cluster, string name)
    {
        files.CreateDirectories(ClusterFolder(cluster), PrivateFolder);
        return files.TryLock($"{ClusterFolder(cluster)}/{name}.lock");
    }

    string GenerationsPath(string cluster) => $"{ClusterFolder(cluster)}/generations.json";

    string ClusterPath(string cluster) => $"{ClusterFolder(cluster)}/lineage.json";
}
