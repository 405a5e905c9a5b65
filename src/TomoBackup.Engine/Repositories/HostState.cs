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
    const string GenerationsName = "generations.json";
    const int MaxVerbFileBytes = 64 << 20;

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
            return TryReadFile(cluster, GenerationsName) is { } bytes
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
        => WriteFile(
            cluster,
            GenerationsName,
            JsonSerializer.SerializeToUtf8Bytes(generations, RepositoryJson.Default.OpenGenerations));

    /// <summary>What the last verification of the whole of a repository found; null where there was none, or where it
    /// cannot be read any more.</summary>
    public VerificationRecord? TryReadVerification(string cluster, string repository)
    {
        try
        {
            return TryReadFile(cluster, VerificationName(repository)) is { } bytes
                ? JsonSerializer.Deserialize(bytes, RepositoryJson.Default.VerificationRecord)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Remembers a verification of the whole of a repository.</summary>
    public void WriteVerification(string cluster, string repository, VerificationRecord record)
        => WriteFile(
            cluster,
            VerificationName(repository),
            JsonSerializer.SerializeToUtf8Bytes(record, RepositoryJson.Default.VerificationRecord));

    /// <summary>What the service of a repository was found to be able to do; null where it was never tried, was another
    /// one, or cannot be read any more.</summary>
    /// <param name="store">The address that it must be of.</param>
    public ServiceRecord? TryReadService(string repository, string store)
    {
        try
        {
            return files.ReadAll(ServicePath(repository), MaxFileBytes) is { } bytes
                && JsonSerializer.Deserialize(bytes, RepositoryJson.Default.ServiceRecord) is { } record
                && record.Store == store
                    ? record
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Remembers what a service can do.</summary>
    public void WriteService(string repository, ServiceRecord record)
    {
        files.CreateDirectories($"{folder}/stores", PrivateFolder);
        files.WriteReplace(
            ServicePath(repository),
            JsonSerializer.SerializeToUtf8Bytes(record, RepositoryJson.Default.ServiceRecord),
            PrivateFile);
    }

    /// <summary>A small file of a verb's own about a cluster; null where there is none.</summary>
    public byte[]? TryReadFile(string cluster, string name)
        => files.ReadAll($"{ClusterFolder(cluster)}/{name}", MaxVerbFileBytes);

    /// <summary>Writes one, over what stood there.</summary>
    public void WriteFile(string cluster, string name, ReadOnlySpan<byte> bytes)
    {
        files.CreateDirectories(ClusterFolder(cluster), PrivateFolder);
        files.WriteReplace($"{ClusterFolder(cluster)}/{name}", bytes, PrivateFile);
    }

    /// <summary>A folder of this cluster's own: spools, markers, locks.</summary>
    public string ClusterFolder(string cluster) => $"{folder}/clusters/{cluster}";

    /// <summary>Takes a lock of this cluster on this host; null where another process holds it.</summary>
    public IDisposable? TryLock(string cluster, string name)
    {
        files.CreateDirectories(ClusterFolder(cluster), PrivateFolder);
        return files.TryLock($"{ClusterFolder(cluster)}/{name}.lock");
    }

    string ServicePath(string repository) => $"{folder}/stores/{repository}.json";

    static string VerificationName(string repository) => $"verified-{repository}.json";

    string ClusterPath(string cluster) => $"{ClusterFolder(cluster)}/lineage.json";
}
