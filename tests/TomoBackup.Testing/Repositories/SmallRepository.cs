using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Testing.Repositories;

/// <summary>
/// A whole repository in memory, small enough to spoil each of its bytes: two timelines of WAL, two full backups and an
/// incremental one, every kind of object, some tens of kilobytes in all. The engine's own writers made it, and what
/// they were given stands beside it, so that a restore can be compared.
/// </summary>
sealed class SmallRepository : IDisposable
{
    /// <summary>The cluster's name.</summary>
    public const string Cluster = "main";

    /// <summary>Where its objects are.</summary>
    public required MemoryObjectStore Store { get; init; }

    public required Repository Repository { get; init; }

    public required Lineage Lineage { get; init; }

    public required SigningKey Signer { get; init; }

    /// <summary>The first opens every epoch; so does the second.</summary>
    public required AgeIdentity Operational { get; init; }

    public required AgeIdentity Escrow { get; init; }

    /// <summary>Plain content of each archived file by PostgreSQL's name.</summary>
    public required IReadOnlyDictionary<string, byte[]> Wal { get; init; }

    /// <summary>Oldest first: one on timeline 1 with a tablespace, one on timeline 2, and an incremental one that is
    /// built on it.</summary>
    public required IReadOnlyList<PlainBackup> Backups { get; init; }

    /// <summary>Fingerprints as the escrow sheet has them.</summary>
    public SignerTrust Trust => new(new HashSet<Fingerprint>([Signer.Fingerprint]));

    /// <summary>Makes one.</summary>
    public static Task<SmallRepository> CreateAsync(CancellationToken cancellationToken)
        => SmallRepositoryBuilder.BuildAsync(cancellationToken);

    /// <summary>A copy of all objects, which may be spoiled.</summary>
    public MemoryObjectStore CopyStore()
    {
        var copy = new MemoryObjectStore();

        foreach (var key in Store.Keys)
            copy.Tamper(key, [.. Store.Peek(key)!]);

        return copy;
    }

    /// <summary>This repository over a copy of its objects.</summary>
    public Repository Over(MemoryObjectStore copy) => Repository with { Store = copy };

    /// <summary>Keys as a host has them that was given the operational identity and holds no epoch open.</summary>
    public KeyRing Keys(Repository repository)
        => new(repository, Lineage, new OpenEpochs(PhysicalFileSystem.Instance, "/nonexistent"), [Operational]);

    /// <inheritdoc/>
    public void Dispose()
    {
        Signer.Dispose();
        Operational.Dispose();
        Escrow.Dispose();
    }
}

/// <summary>A backup and what was stored in it.</summary>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Cluster">Its cluster document.</param>
/// <param name="Directories">Directories of the data directory, parents first.</param>
/// <param name="Files">Files by their path in the data directory.</param>
/// <param name="ConfigFiles">Configuration files by their absolute path.</param>
sealed record PlainBackup(
    Manifest Manifest,
    ClusterDocument Cluster,
    IReadOnlyList<string> Directories,
    IReadOnlyDictionary<string, byte[]> Files,
    IReadOnlyDictionary<string, byte[]> ConfigFiles);
