using TomoBackup.Codecs;
using TomoBackup.Operations;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Backups;

/// <summary>What a backup works with: all of the outside world that it touches.</summary>
sealed record BackupContext
{
    public required Repository Repository { get; init; }

    public required Lineage Lineage { get; init; }

    public required HostState State { get; init; }

    public required KeyRing Keys { get; init; }

    public required SigningKey Signer { get; init; }

    public required IPostgresServer Server { get; init; }

    public required IFileSystem Files { get; init; }

    public required IEntropy Entropy { get; init; }

    public required TimeProvider Time { get; init; }

    public required IProgress<OperationProgress> Progress { get; init; }

    public required string Tool { get; init; }
}
