using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Archiving;

/// <summary>What pushing works with.</summary>
sealed record ArchivingContext
{
    /// <summary>A segment is acknowledged when it is durable in every one of them.</summary>
    public required IReadOnlyList<Repository> Repositories { get; init; }

    public required Lineage Lineage { get; init; }

    public required HostState State { get; init; }

    public required SigningKey Signer { get; init; }

    public required IFileSystem Files { get; init; }

    public required IEntropy Entropy { get; init; }

    public required TimeProvider Time { get; init; }
}
