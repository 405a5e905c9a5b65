using TomoBackup.Codecs;
using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Setup;

/// <summary>What <c>check</c> works with.</summary>
sealed record CheckContext
{
    public required ClusterPolicy Cluster { get; init; }

    public required IReadOnlyList<RepositoryPolicy> Repositories { get; init; }

    /// <summary>The policy's identity file; null in sealed mode.</summary>
    public required string? IdentityFile { get; init; }

    /// <summary>Recovery identities at hand.</summary>
    public required IReadOnlyList<AgeIdentity> Identities { get; init; }

    public required SignerTrust Trust { get; init; }

    public required HostState State { get; init; }

    public required IFileSystem Files { get; init; }

    public required TimeProvider Time { get; init; }

    public required IProgress<OperationProgress> Progress { get; init; }

    public required Func<CancellationToken, Task<IPostgresServer>> Connect { get; init; }

    public required Func<RepositoryPolicy, IObjectStore> OpenStore { get; init; }

    /// <summary>Failures of the walls as we tell them; null for a defect.</summary>
    public required Func<Exception, TomoBackupException?> Understand { get; init; }

    /// <summary>How long a segment may take into every repository.</summary>
    public required TimeSpan Timeout { get; init; }
}

/// <summary>A repository that was found whole enough to look for WAL in.</summary>
/// <param name="Repository">The place.</param>
/// <param name="Lineage">What it knows of the cluster.</param>
sealed record CheckedPlace(Repository Repository, Lineage Lineage);
