using TomoBackup.Storage;

namespace TomoBackup.Policies;

/// <summary>
/// What one installation promises, as far as this version executes it: a section that it does not execute is refused
/// when the file is read, so nothing stands here that is not kept.
/// </summary>
public sealed record BackupPolicy
{
    /// <summary>The clusters, at least one, in the order of the file.</summary>
    public required IReadOnlyList<ClusterPolicy> Clusters { get; init; }

    /// <summary>Where backups and WAL are kept; WAL goes to each of them, a backup to one.</summary>
    public required IReadOnlyList<RepositoryPolicy> Repositories { get; init; }

    /// <summary>Who can read backups.</summary>
    public EncryptionPolicy Encryption { get; init; } = new();

    /// <summary>Where open epoch keys, spool and caches lie; null for the default of this machine
    /// (<see cref="StateDirectories"/>).</summary>
    public string? StateDirectory { get; init; }

    /// <summary>How backups are taken.</summary>
    public BackupTuning Backup { get; init; } = new();

    /// <summary>The cluster of that name, or the only one where no name is given.</summary>
    public ClusterPolicy ChooseCluster(string? name) => name is null ? TheOnlyCluster() : NamedCluster(name);

    ClusterPolicy TheOnlyCluster()
        => Clusters.Count is 1
            ? Clusters[0]
            : throw TomoBackupException.Create(
                ErrorCode.Usage,
                $"the policy names {Clusters.Count} clusters: {ClusterNames}",
                hint: "Choose one with --cluster NAME.");

    ClusterPolicy NamedCluster(string name)
        => Clusters.FirstOrDefault(cluster => cluster.Name == name)
            ?? throw TomoBackupException.Create(
                ErrorCode.NotFound,
                $"no cluster '{name}' in the policy",
                hint: NearestWord.Find(name, Clusters.Select(cluster => cluster.Name)) is { } near
                    ? $"Did you mean '{near}'?"
                    : $"It names {ClusterNames}.");

    string ClusterNames => string.Join(", ", Clusters.Select(cluster => $"'{cluster.Name}'"));
}

/// <summary>One PostgreSQL data directory and its server.</summary>
public sealed record ClusterPolicy
{
    /// <summary>Its name, which is also part of object keys: <c>[a-z0-9][a-z0-9-]{0,62}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How to reach the server.</summary>
    public required ConnectionSettings Connection { get; init; }

    /// <summary>The data directory, absolute; null where the server is asked.</summary>
    public string? DataDirectory { get; init; }
}

/// <summary>A place where backups and WAL are kept.</summary>
public sealed record RepositoryPolicy
{
    /// <summary>Its name in messages: <c>[a-z0-9][a-z0-9-]{0,62}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where its bytes lie.</summary>
    public required StoreAddress Store { get; init; }
}

/// <summary>Who can read backups.</summary>
public sealed record EncryptionPolicy
{
    /// <summary>Public age keys that every data key is wrapped to: none (then <c>init</c> makes two), or at least
    /// two, so that one lost identity loses no backup.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>File with the recovery identity; null in sealed mode, where this host can write but not read.</summary>
    public string? IdentityFile { get; init; }
}

/// <summary>How backups are taken.</summary>
public sealed record BackupTuning
{
    /// <summary>The largest number of <see cref="Workers"/>.</summary>
    public const int MaxWorkers = 64;

    /// <summary>The largest <see cref="CompressionLevel"/>: zstd's levels above need far more memory to read
    /// back.</summary>
    public const int MaxCompressionLevel = 19;

    /// <summary>Files in flight at once; null lets the engine choose by the machine.</summary>
    public int? Workers { get; init; }

    /// <summary>The level of zstd. Level 1 gives nearly level 3's size on PostgreSQL pages at twice its
    /// speed.</summary>
    public int CompressionLevel { get; init; } = 1;
}
