using TomoBackup.Codecs;

namespace TomoBackup.Repositories;

/// <summary>One history of one cluster: one system identifier, one major version, one signing key.</summary>
/// <param name="Id">Its random id.</param>
/// <param name="Cluster">The cluster's name in the policy.</param>
/// <param name="SystemIdentifier">PostgreSQL's system identifier, decimal.</param>
/// <param name="MajorVersion">PostgreSQL's major version.</param>
/// <param name="Signer">Signs all records, epochs and manifests of it.</param>
/// <param name="IdEpoch">The epoch that holds the id key.</param>
/// <param name="Recipients">To whom its epochs are wrapped.</param>
/// <param name="Claims">Which host writes which timeline.</param>
/// <param name="LastNumber">The highest number among the cluster's records.</param>
sealed record Lineage(
    LineageId Id,
    string Cluster,
    string SystemIdentifier,
    int MajorVersion,
    VerifyingKey Signer,
    EpochId IdEpoch,
    IReadOnlyList<AgeRecipient> Recipients,
    IReadOnlyDictionary<uint, string> Claims,
    int LastNumber);
