using TomoBackup.Codecs;

namespace TomoBackup.Repositories;

/// <summary>
/// The fingerprints of signing keys that were handed over outside the repository: this host's own key, comments in an
/// identity file, the escrow sheet. A repository can never vouch for itself.
/// </summary>
sealed record SignerTrust(IReadOnlySet<Fingerprint> Fingerprints)
{
    /// <summary>Returns the key when it is trusted.</summary>
    public VerifyingKey Accept(VerifyingKey key, string repository)
    {
        if (Fingerprints.Contains(key.Fingerprint))
            return key;

        throw TomoBackupException.Create(
            ErrorCode.KeyMissingOrWrong,
            Fingerprints.Count == 0
                ? $"repository '{repository}' is signed by {key.Fingerprint}, and nothing here says whom to trust"
                : $"repository '{repository}' is signed by {key.Fingerprint}, which is not a trusted signing key",
            hint: "Compare it with the escrow sheet; if it is the same, repeat with '--signing-key FINGERPRINT'.");
    }
}
