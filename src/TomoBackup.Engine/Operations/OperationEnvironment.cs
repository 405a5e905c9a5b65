using TomoBackup.Policies;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>The outside world of every operation; tests replace all of it.</summary>
public sealed record OperationEnvironment
{
    /// <summary>Files of this machine.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Random bytes.</summary>
    public required IEntropy Entropy { get; init; }

    /// <summary>Where progress is reported.</summary>
    public required IProgress<OperationProgress> Progress { get; init; }

    /// <summary>Starts programs.</summary>
    public required IProcessRunner Processes { get; init; }

    /// <summary>Opens a session with a server.</summary>
    public required Func<string, CancellationToken, Task<IPostgresServer>> Connect { get; init; }

    /// <summary>Opens the store of a repository; it must exist.</summary>
    public required Func<RepositoryPolicy, IObjectStore> OpenStore { get; init; }

    /// <summary>Makes the place of a store, for <c>init</c>.</summary>
    public required Func<RepositoryPolicy, CancellationToken, Task> InitializeStore { get; init; }

    /// <summary>What a recovery needs to reach the store of a repository without a policy; null for nothing.</summary>
    internal Func<RepositoryPolicy, Repositories.StoreAccess?> AccessTo { get; init; } = static _ => null;

    /// <summary>This program's absolute path.</summary>
    public required string Program { get; init; }

    /// <summary>Name and version, for manifests.</summary>
    public required string Tool { get; init; }
}
