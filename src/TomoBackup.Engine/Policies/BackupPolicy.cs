using TomoBackup.Storage;

namespace TomoBackup.Policies;

/// <summary>
/// What one installation promises (design §6). What this version does not execute yet is bound all the same;
/// <c>policy check</c> and <c>status</c> say so.
/// </summary>
public sealed record BackupPolicy
{
    /// <summary>Who stands for it.</summary>
    public PolicyHeader Header { get; init; } = new();

    /// <summary>What is promised, by name.</summary>
    public IReadOnlyList<ObjectivePolicy> Objectives { get; init; } = [];

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

    /// <summary>How long what is kept.</summary>
    public RetentionPolicy Retention { get; init; } = new();

    /// <summary>What is kept beside the clusters.</summary>
    public IReadOnlyList<ConfigurationPolicy> Configuration { get; init; } = [];

    /// <summary>How recovery is tried.</summary>
    public TestPolicy Tests { get; init; } = new();

    /// <summary>Who is told.</summary>
    public AlertPolicy Alerts { get; init; } = new();

    /// <summary>For whom evidence is gathered; null for nobody.</summary>
    public CompliancePolicy? Compliance { get; init; }

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

    /// <summary>What is promised for it; null where nothing is.</summary>
    public ObjectivePolicy? Objectives { get; init; }

    /// <summary>The databases that this entry is there for; null for all of the server. A physical backup holds all of
    /// them always: it is <c>policy check</c> that looks whether one is forgotten.</summary>
    public IReadOnlyList<string>? Databases { get; init; }

    /// <summary>How its WAL leaves the server.</summary>
    public WalPolicy Wal { get; init; } = new();

    /// <summary>When a full backup begins a new generation; null where no schedule says so.</summary>
    public Schedule? Full { get; init; }

    /// <summary>When an incremental backup is taken; null for never.</summary>
    public Schedule? Incremental { get; init; }

    /// <summary>When the next incremental backup is compared with the cluster; null for never.</summary>
    public Schedule? Audit { get; init; }

    /// <summary>When databases are dumped; null for never.</summary>
    public Schedule? Dump { get; init; }

    /// <summary>How often a mark is written, so that an idle server can be told from a lagging one; null for
    /// never.</summary>
    public Duration? Heartbeat { get; init; }
}

/// <summary>A place where backups and WAL are kept.</summary>
public sealed record RepositoryPolicy
{
    /// <summary>Its name in messages: <c>[a-z0-9][a-z0-9-]{0,62}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where its bytes lie.</summary>
    public required StoreAddress Store { get; init; }

    /// <summary>The service behind an address that names only a bucket; null for none.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region that requests are signed for; null where the endpoint's name says it.</summary>
    public string? Region { get; init; }

    /// <summary>A PEM file with the only authorities that are trusted; null for this machine's.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>Encryption by the service; null to leave it to the bucket.</summary>
    public string? ServerSideEncryption { get; init; }

    /// <summary>The most bytes that are sent in a second; null for no limit.</summary>
    public long? MaxUpload { get; init; }

    /// <summary>A private key for a server of SSH; null to ask the agent.</summary>
    public string? SshKey { get; init; }

    /// <summary>Host keys as ssh keeps them; null for the user's own file.</summary>
    public string? KnownHosts { get; init; }

    /// <summary>Fingerprint of the only host key that is accepted; null to go by <see cref="KnownHosts"/>.</summary>
    public string? HostKey { get; init; }

    /// <summary>The rclone.conf that knows the remote; null for the one that rclone finds itself.</summary>
    public string? RcloneConfiguration { get; init; }

    /// <summary>The repository whose objects it copies; null where it is written by the host itself.</summary>
    public string? Follows { get; init; }

    /// <summary>Name of the key that opens the store.</summary>
    public SecretReference? AccessKey { get; init; }

    /// <summary>Secret of the key that opens the store.</summary>
    public SecretReference? SecretKey { get; init; }

    /// <summary>False where the key that this host has may write and list but not delete, so that a stolen host cannot
    /// remove backups; then the bucket's own rules or another identity do it.</summary>
    public bool MayDelete { get; init; } = true;

    /// <summary>True where the place keeps what was hidden or written over, long enough for somebody to
    /// notice.</summary>
    public bool KeepsVersions { get; init; }

    /// <summary>How firmly objects are locked in the bucket (<see cref="Review.LockReach"/> says for how long); null
    /// where none is.</summary>
    public LockMode? ObjectLock { get; init; }

    /// <summary>Looks at a bucket as it was then, to read only; null for as it is. Never of a policy: a person who
    /// restores after an attack says it.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>What the bucket's own rules delete; null where there are none.</summary>
    public LifecyclePolicy? Lifecycle { get; init; }

    /// <summary>What is said of the file system under it; null where nothing is.</summary>
    public VolumePolicy? Volume { get; init; }
}

/// <summary>How firmly a bucket locks objects.</summary>
public enum LockMode
{
    /// <summary>Identities with a special right may lift a lock.</summary>
    Governance,

    /// <summary>Nobody may, the owner of the account included.</summary>
    Compliance,
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

    /// <summary>The largest <see cref="MaxChain"/>.</summary>
    public const int MostMaxChain = 10_000;

    /// <summary>Incremental backups of one generation, after which a full one is due. Two weeks of hourly ones: a
    /// restore costs the same for any length, but all of a generation stands on one full backup.</summary>
    public int MaxChain { get; init; } = 336;
}
