using TomoBackup.Backups;
using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using TomoBackup.Postgres.Server;
using TomoBackup.Restores;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Testing.Tiny;

/// <summary>
/// The host of a <see cref="TinyCluster"/> with all that a verb touches: state, keys, repositories in memory. A copy is
/// cheap, so that every run of a fault loop begins from the same point.
/// </summary>
public sealed class TinyHost
{
    readonly string _folder;
    readonly string _name;
    readonly IReadOnlyList<MemoryObjectStore> _stores;

    TinyHost(string folder, string name, TinyCluster cluster, IReadOnlyList<MemoryObjectStore> stores)
        => (_folder, _name, Cluster, _stores) = (folder, name, cluster, stores);

    public TinyCluster Cluster { get; }

    /// <summary>In the order of the policy.</summary>
    public IReadOnlyList<MemoryObjectStore> Stores => _stores;

    /// <summary>Replaces the stores, for tests that want a disk; given the store's number and the files of the
    /// run.</summary>
    public Func<int, IFileSystem, IObjectStore>? Disk { get; init; }

    /// <summary>Runs when a backup has read everything and its last segment is archived, before it is
    /// published.</summary>
    public Action? AtArchiving { get; set; }

    public string StateDirectory => $"{_folder}/{_name}/state";

    public string IdentityFile => $"{_folder}/keys/recovery.key";

    /// <summary>A host that ran init.</summary>
    public static async Task<TinyHost> CreateAsync(
        TestFolder folder, int repositories, Func<int, IFileSystem, IObjectStore>? disk,
        CancellationToken cancellationToken)
    {
        folder.Make("keys");
        var host = new TinyHost(
            folder.FullPath, "base", TinyCluster.Create(folder["cluster"]),
            [.. Enumerable.Range(0, repositories).Select(_ => new MemoryObjectStore())])
        { Disk = disk };
        await host.Door(FaultPlan.Count()).InitAsync(new KeyOptions(), cancellationToken);
        return host;
    }

    /// <summary>Another host at the same point, with a state and repositories of its own.</summary>
    public TinyHost Copy(string name)
    {
        var copy = new TinyHost(_folder, name, Cluster.Again(), [.. _stores.Select(Copy)]) { Disk = Disk };
        CopyTree(StateDirectory, copy.StateDirectory);
        return copy;
    }

    /// <summary>Frees the disk.</summary>
    public void Delete() => Directory.Delete($"{_folder}/{_name}", recursive: true);

    /// <summary>Takes a backup, and returns its id.</summary>
    public Task<string> BackupAsync(FaultPlan plan, CancellationToken cancellationToken)
        => BackupAsync(plan, BackupRequest.Full, cancellationToken);

    /// <summary>Takes a backup of a kind, and returns its id.</summary>
    public async Task<string> BackupAsync(
        FaultPlan plan, BackupRequest request, CancellationToken cancellationToken)
    {
        var outcome = await Door(plan).BackupAsync(
            new BackupOptions { Request = request, Workers = 1, WalTimeout = TimeSpan.FromSeconds(5) },
            null,
            cancellationToken);
        return ((BackupOutcome.Taken)outcome).Report.Manifest.Backup;
    }

    /// <summary>What archive_command does; returns when the file is acknowledged.</summary>
    public Task PushAsync(FaultPlan plan, string path, CancellationToken cancellationToken)
        => Door(plan).PushAsync(path, cancellationToken);

    /// <summary>What a call of archive_command starts: pushes what waits behind its file.</summary>
    public Task<int> PushAheadAsync(FaultPlan plan, string path, CancellationToken cancellationToken)
        => Door(plan).PushAheadAsync(path, cancellationToken);

    /// <summary>Restores the end of a backup, or where none is named the end of the archive.</summary>
    public Task RestoreAsync(FaultPlan plan, string? backup, string directory, CancellationToken cancellationToken)
        => Door(plan).RestoreAsync(
            new RestoreOptions
            {
                Target = backup is null ? new RestoreTarget.Latest() : new RestoreTarget.Immediate(),
                Backup = backup,
                Directory = directory,
                Workers = 1,
                Tablespaces = new Dictionary<string, string>
                {
                    [Cluster.TablespaceDirectory] = TablespaceOf(directory),
                },
            },
            null, new KeyOptions(), _ => { }, cancellationToken);

    /// <summary>Tries the recovery key on every repository.</summary>
    public Task CheckKeysAsync(FaultPlan plan, CancellationToken cancellationToken)
        => Door(plan).CheckKeysAsync(new KeyOptions(), cancellationToken);

    /// <summary>Looks at everything, as <c>policy check --live</c> does.</summary>
    /// <param name="connect">Replaces the server; null where it answers.</param>
    public Task<ObservedFacts> ObserveAsync(
        FaultPlan plan, Func<Task<IPostgresServer>>? connect, CancellationToken cancellationToken)
        => new PolicyObservation(
            connect is null ? Surroundings(plan) : Surroundings(plan) with { Connect = (_, _) => connect() },
            Policy(), StateDirectory).RunAsync("/etc/policy.yaml", cancellationToken);

    /// <summary>Where a restore puts the tablespace.</summary>
    public static string TablespaceOf(string directory) => $"{directory}.tablespace";

    ClusterDoor Door(FaultPlan plan)
    {
        var policy = Policy();
        return new ClusterDoor(Surroundings(plan), policy, policy.Clusters[0], StateDirectory);
    }

    OperationEnvironment Surroundings(FaultPlan plan)
    {
        var files = new FaultyFileSystem(PhysicalFileSystem.Instance, plan);

        return new OperationEnvironment
        {
            Files = files,
            Time = TimeProvider.System,
            Entropy = SystemEntropy.Instance,
            Progress = new NoProgress(),
            Processes = ProcessRunner.Instance,
            Connect = (_, _) => Task.FromResult<IPostgresServer>(new FakePostgresServer(Cluster, ArchiveAsync)),
            OpenStore = place => Open(place.Store, files, plan),
            InitializeStore = static (_, _) => Task.CompletedTask,
            Program = "/usr/bin/tomo-backup",
            Tool = "tomo-backup of a test",
        };
    }

    async Task ArchiveAsync(string path)
    {
        await PushAsync(FaultPlan.Count(), path, CancellationToken.None);
        TinyCluster.Acknowledge(path);
        AtArchiving?.Invoke();
    }

    IObjectStore Open(StoreAddress address, IFileSystem files, FaultPlan plan)
    {
        var number = int.Parse(Path.GetFileName(address.Path), System.Globalization.CultureInfo.InvariantCulture);
        return Disk?.Invoke(number, files) ?? new FaultyObjectStore(_stores[number], plan);
    }

    BackupPolicy Policy()
        => new()
        {
            Clusters =
            [
                new ClusterPolicy
                {
                    Name = TinyOracle.Cluster,
                    Connection = ConnectionSettings.None,
                    DataDirectory = Cluster.DataDirectory,
                },
            ],
            Repositories =
            [
                .. Enumerable.Range(0, _stores.Count).Select(n => new RepositoryPolicy
                {
                    Name = $"store-{n}",
                    Store = StoreAddress.Parse($"file:///memory/{n}"),
                }),
            ],
            Encryption = new EncryptionPolicy { IdentityFile = IdentityFile },
        };

    static MemoryObjectStore Copy(MemoryObjectStore store)
    {
        var copy = new MemoryObjectStore();

        foreach (var key in store.Keys)
            copy.Tamper(key, store.Peek(key)!);

        return copy;
    }

    static void CopyTree(string from, string to)
    {
        Directory.CreateDirectory(to, File.GetUnixFileMode(from));

        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, $"{to}/{Path.GetFileName(file)}");

        foreach (var folder in Directory.EnumerateDirectories(from))
            CopyTree(folder, $"{to}/{Path.GetFileName(folder)}");
    }

    sealed class NoProgress : IProgress<OperationProgress>
    {
        public void Report(OperationProgress value)
        {
        }
    }
}
