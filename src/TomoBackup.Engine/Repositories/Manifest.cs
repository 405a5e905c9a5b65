using System.Text.Json.Serialization;
using TomoBackup.Codecs;
using TomoBackup.Postgres;

namespace TomoBackup.Repositories;

/// <summary>
/// The public, signed head of a backup and its commit record (<c>docs/format</c> §7): readable without any key. What
/// the backup holds file by file is in the encrypted file list that it names.
/// </summary>
public sealed record Manifest
{
    /// <summary>The format that this program writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Kind of a backup that holds every file whole.</summary>
    public const string Full = "full";

    /// <summary>Kind of a backup that holds what changed since its parent, and refers to earlier packs of its
    /// generation for the rest. It describes the whole cluster all the same.</summary>
    public const string Incremental = "incremental";

    /// <summary>State: every object was listed back, all WAL from start to stop is present.</summary>
    public const string Good = "good";

    /// <summary>State: blocks of the source failed their checksum; they are named in the file list.</summary>
    public const string Damaged = "damaged";

    /// <summary>Format of this document.</summary>
    public required int Format { get; init; }

    /// <summary>Name of the cluster in the policy.</summary>
    public required string Cluster { get; init; }

    /// <summary>The cluster's history that this backup belongs to.</summary>
    public required LineageId Lineage { get; init; }

    /// <summary>PostgreSQL's system identifier, decimal.</summary>
    public required string SystemIdentifier { get; init; }

    /// <summary>PostgreSQL's major version.</summary>
    public required int MajorVersion { get; init; }

    /// <summary>PostgreSQL's version as it prints it.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>The backup's id.</summary>
    public required string Backup { get; init; }

    /// <summary>Id of the full backup that begins its generation.</summary>
    public required string Generation { get; init; }

    /// <summary><see cref="Full"/> or <see cref="Incremental"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The backup that an incremental one builds on; null for a full.</summary>
    public required string? Parent { get; init; }

    /// <summary><see cref="Good"/> or <see cref="Damaged"/>.</summary>
    public required string State { get; init; }

    /// <summary>Blocks whose checksum failed in the source.</summary>
    public required int DamagedBlocks { get; init; }

    /// <summary>When the backup began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When its last page had been read and the server had left backup mode.</summary>
    public required DateTimeOffset Stopped { get; init; }

    /// <summary>Where recovery begins.</summary>
    public required Lsn StartLsn { get; init; }

    /// <summary>Where recovery must at least arrive; exclusive.</summary>
    public required Lsn StopLsn { get; init; }

    /// <summary>Timeline from start to stop.</summary>
    public required uint Timeline { get; init; }

    /// <summary>First WAL segment that recovery needs.</summary>
    public required string WalFirst { get; init; }

    /// <summary>Last WAL segment that recovery needs at least.</summary>
    public required string WalLast { get; init; }

    /// <summary>Bytes in a WAL segment.</summary>
    public required int WalSegmentSize { get; init; }

    /// <summary>Bytes in a block.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Blocks in a full relation file.</summary>
    public required int SegmentBlocks { get; init; }

    /// <summary>True where the cluster keeps page checksums.</summary>
    public required bool DataChecksums { get; init; }

    /// <summary>The epoch that its packs are encrypted under.</summary>
    public required EpochId Epoch { get; init; }

    /// <summary>Files held.</summary>
    public required long FileCount { get; init; }

    /// <summary>Plain bytes of these files.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Sum of the objects' lengths.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>Everything below the backup's folder, but for the manifest itself.</summary>
    public required IReadOnlyList<ManifestObject> Objects { get; init; }

    /// <summary>Packs of earlier backups of the generation that it takes frames from; none for a full. They are not
    /// counted in <see cref="StoredBytes"/>.</summary>
    public required IReadOnlyList<ManifestReference> References { get; init; }

    /// <summary>Pages that were compared with the running cluster before it was published, of which none differed; null
    /// where that was not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AuditedPages { get; init; }

    /// <summary>Name and version of the writer.</summary>
    public required string Tool { get; init; }

    /// <summary>True where a restore may rely on it without a person's consent.</summary>
    [JsonIgnore]
    public bool IsGood => State == Good;
}

/// <summary>An object of a backup.</summary>
/// <param name="Name">Key below the backup's folder.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Of all its bytes, hex.</param>
/// <param name="Pack">The pack id in its header, hex: binds a pack of which only parts are read. Null for WAL, which is
/// the archive's own object.</param>
public sealed record ManifestObject(
    string Name,
    long Length,
    string Sha256,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Pack = null);

/// <summary>A pack of an earlier backup of the same generation.</summary>
/// <param name="Backup">Whose folder it is in.</param>
/// <param name="Name">Key below that folder; its number is unique among all packs that the manifest names.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Of all its bytes, hex.</param>
/// <param name="Pack">The pack id in its header, hex.</param>
public sealed record ManifestReference(string Backup, string Name, long Length, string Sha256, string Pack);
