using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Setup;

/// <summary>What <c>init</c> works with.</summary>
sealed record InitContext
{
    public required string Cluster { get; init; }

    public required string SystemIdentifier { get; init; }

    public required int MajorVersion { get; init; }

    public required IReadOnlyList<(string Name, IObjectStore Store)> Stores { get; init; }

    /// <summary>The policy's recipients; none where init is to make the recovery keys.</summary>
    public required IReadOnlyList<AgeRecipient> Recipients { get; init; }

    /// <summary>The policy's identity file; null in sealed mode.</summary>
    public required string? IdentityFile { get; init; }

    /// <summary>Further identity files, to try their keys.</summary>
    public required IReadOnlyList<string> GivenIdentities { get; init; }

    public required HostState State { get; init; }

    public required IFileSystem Files { get; init; }

    public required IEntropy Entropy { get; init; }

    public required TimeProvider Time { get; init; }

    public MadeFiles Made { get; } = new();
}

/// <summary>Files that this run made.</summary>
sealed class MadeFiles
{
    public string? EscrowSheet { get; set; }
}

/// <summary>What <c>init</c> did.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Lineage">The lineage's id.</param>
/// <param name="SystemIdentifier">PostgreSQL's system identifier.</param>
/// <param name="MajorVersion">PostgreSQL's major version.</param>
/// <param name="IsNew">True where the lineage began now.</param>
/// <param name="SigningKey">Fingerprint of this host's signing key.</param>
/// <param name="Recipients">Who can read backups.</param>
/// <param name="Tried">Recovery keys that opened a value read back from each repository.</param>
/// <param name="IdentityFile">The operational recovery key on this host; null in sealed mode.</param>
/// <param name="EscrowSheet">The sheet to print and put away; null where none was made now.</param>
/// <param name="IsSealed">True where this host can encrypt but not decrypt.</param>
public sealed record InitReport(
    string Cluster,
    string Lineage,
    string SystemIdentifier,
    int MajorVersion,
    bool IsNew,
    string SigningKey,
    IReadOnlyList<string> Recipients,
    IReadOnlyList<string> Tried,
    string? IdentityFile,
    string? EscrowSheet,
    bool IsSealed)
{
    /// <summary>What was found at the services behind buckets; a remark is no reason to begin nothing.</summary>
    public IReadOnlyList<Probe> Services { get; init; } = [];
}
