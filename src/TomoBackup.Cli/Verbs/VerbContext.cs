using TomoBackup.Cli.Output;
using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;

namespace TomoBackup.Cli.Verbs;

/// <summary>What every verb may use: the options that all share, the machine, the policy, and a voice.</summary>
sealed class VerbContext(GlobalOptions options, Surroundings surroundings, Report report)
{
    BackupPolicy? _policy;

    /// <summary>Where it speaks.</summary>
    public Report Report { get; } = report;

    /// <summary>The machine's files.</summary>
    public IFileSystem Files => surroundings.Files;

    /// <summary>The clock.</summary>
    public TimeProvider Time => surroundings.Time;

    /// <summary>Random bytes.</summary>
    public IEntropy Entropy => surroundings.Entropy;

    /// <summary>An environment variable, null where it is not set.</summary>
    public string? Variable(string name) => surroundings.Variable(name);

    /// <summary>A path that a person wrote, made absolute.</summary>
    public string Absolute(string path) => Path.GetFullPath(path, surroundings.WorkingDirectory);

    /// <summary>Path of the policy file; fails with <see cref="ErrorCode.Policy"/> where there is none.</summary>
    public string PolicyPath => field ??= PolicyFile.Locate(
        options.Policy, surroundings.Variable, surroundings.WorkingDirectory, Files);

    /// <summary>The policy, read at the first call; fails with <see cref="ErrorCode.Policy"/>.</summary>
    public BackupPolicy Policy() => _policy ??= PolicyFile.Load(PolicyPath, Files);

    /// <summary>The cluster of <c>--cluster</c>, or the only one.</summary>
    public ClusterPolicy Cluster() => Policy().ChooseCluster(options.Cluster);

    /// <summary>Where open epoch keys, spool and caches lie.</summary>
    public string StateDirectory()
        => Policy().StateDirectory
            ?? StateDirectories.Default(surroundings.IsRoot, surroundings.IsWritable, surroundings.Variable);

    /// <summary>Begins to show progress; dispose it where the work ends.</summary>
    public ProgressLine StartProgress() => Report.StartProgress(Time);

    /// <summary>The door to the cluster of <c>--cluster</c>, or to the only one.</summary>
    public ClusterDoor Door(IProgress<OperationProgress> progress)
    {
        var (policy, cluster) = (Policy(), Cluster());
        return new ClusterDoor(Environment(progress), policy, cluster, StateDirectory());
    }

    /// <summary>The doors to the cluster of <c>--cluster</c>, or to all clusters of the policy.</summary>
    public IEnumerable<ClusterDoor> Doors(IProgress<OperationProgress> progress)
        => (options.Cluster is null ? Policy().Clusters : [Cluster()])
            .Select(cluster => new ClusterDoor(Environment(progress), Policy(), cluster, StateDirectory()));

    /// <summary>The door to the cluster of <c>--cluster</c>, or to the only one: of the policy, or of a store without
    /// one, for on a new machine there is nothing else.</summary>
    /// <param name="place">The store; null for the policy's.</param>
    public async Task<ClusterDoor> DoorAsync(
        RepositoryPolicy? place, IProgress<OperationProgress> progress, CancellationToken cancellationToken)
    {
        if (place is null)
            return Door(progress);

        var environment = Environment(progress);
        var name = options.Cluster
            ?? await ClusterDoor.OnlyClusterAsync(environment, place, cancellationToken).ConfigureAwait(false);
        var policy = new BackupPolicy
        {
            Clusters = [new ClusterPolicy { Name = name, Connection = ConnectionSettings.None }],
            Repositories = [place],
        };
        var state = StateDirectories.Default(surroundings.IsRoot, surroundings.IsWritable, surroundings.Variable);

        return new ClusterDoor(environment, policy, policy.Clusters[0], state);
    }

    /// <summary>The cluster's own data directory, for a restore in place; the server is stopped and cannot be
    /// asked.</summary>
    public string DataDirectory()
        => Cluster().DataDirectory ?? throw TomoBackupException.Create(
            ErrorCode.Policy,
            $"the policy does not say where cluster '{Cluster().Name}' lies",
            hint: "Set 'data_directory' in the policy: with the server stopped it cannot be asked.");

    /// <summary>Starts this program again with the same policy and cluster, to work ahead of PostgreSQL's calls and to
    /// end by itself. Where that is impossible nothing is lost but time.</summary>
    public void StartAhead(IReadOnlyList<string> arguments)
    {
        string[] policy = options.Policy is null ? [] : ["--policy", PolicyPath];
        string[] cluster = options.Cluster is null ? [] : ["--cluster", options.Cluster];

        var request = new ProcessRequest(surroundings.Program, [.. policy, .. cluster, .. arguments]);

        try
        {
            ProcessRunner.Instance.StartDetached(request, "/dev/null").Dispose();
        }
        catch (ProcessStartException)
        {
        }
    }

    /// <summary>The machine, as the engine wants it.</summary>
    public OperationEnvironment Environment(IProgress<OperationProgress> progress)
    {
        // Without a policy, as after a disaster, there is no state either.
        var stores = new StoreOpener(
            Files, Time, Entropy, ProcessRunner.Instance, surroundings.Variable,
            _policy is null ? null : StateDirectory(), _policy);

        return new OperationEnvironment
        {
            Files = Files,
            Time = Time,
            Entropy = Entropy,
            Progress = progress,
            Processes = ProcessRunner.Instance,
            Connect = static async (address, cancellationToken)
                => await NpgsqlServer.OpenAsync(address, cancellationToken).ConfigureAwait(false),
            OpenStore = stores.Open,
            InitializeStore = stores.InitializeAsync,
            AccessTo = stores.AccessTo,
            Program = surroundings.Program,
            Tool = CommandLine.Version,
        };
    }
}
