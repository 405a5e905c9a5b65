using TomoBackup.Cli.Output;
using TomoBackup.Policies;
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
}
