namespace TomoBackup.Setup;

/// <summary>What <c>key show</c> tells; public halves and fingerprints only.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Lineage">The lineage's id.</param>
/// <param name="IsSealed">True where this host can encrypt but not decrypt.</param>
/// <param name="SigningKey">Fingerprint of this host's signing key; null where it has none.</param>
/// <param name="LineageSigner">Fingerprint of the key that signs the lineage.</param>
/// <param name="Recipients">Who can read backups.</param>
/// <param name="OpenEpochs">Data keys that lie on this host now, oldest first.</param>
public sealed record KeyShowReport(
    string Cluster,
    string Lineage,
    bool IsSealed,
    string? SigningKey,
    string LineageSigner,
    IReadOnlyList<RecipientFacts> Recipients,
    IReadOnlyList<OpenEpochFacts> OpenEpochs);

/// <summary>Somebody who can read backups.</summary>
/// <param name="Recipient">The public key.</param>
/// <param name="IsOnThisHost">True where the policy's identity file holds its secret half.</param>
public sealed record RecipientFacts(string Recipient, bool IsOnThisHost);

/// <summary>A data key that lies on this host.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Purpose"><c>backup</c>, <c>wal</c> or <c>id</c>; null where the repository knows no such epoch.</param>
/// <param name="Since">When it was opened; null where that is not known.</param>
public sealed record OpenEpochFacts(string Epoch, string? Purpose, DateTimeOffset? Since);

/// <summary>What <c>key check</c> found.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Trials">Each identity with each key of each repository.</param>
/// <param name="NotTried">Recipients whose identity was not given.</param>
public sealed record KeyCheckReport(
    string Cluster, IReadOnlyList<KeyTrialResult> Trials, IReadOnlyList<string> NotTried);

/// <summary>One identity with one data key.</summary>
/// <param name="Repository">Name of the repository.</param>
/// <param name="Recipient">The identity's public half.</param>
/// <param name="Purpose">What the data key is for: <c>backup</c>, <c>wal</c> or <c>id</c>.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Failure">Why it did not open; null where it did.</param>
public sealed record KeyTrialResult(string Repository, string Recipient, string Purpose, string Epoch, string? Failure);
