namespace TomoBackup.Policies.Review;

/// <summary>Who can read backups, and whether that was ever tried.</summary>
static class KeyRules
{
    /// <summary>How often <c>key check</c> is to be run with every identity, the sealed envelope's too.</summary>
    static readonly Duration TryEvery = new(12, DurationUnit.Months);

    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
    {
        if (Mode(scope.Policy.Encryption) is { } mode)
            yield return mode;

        if (Recipients(scope.Policy.Encryption) is { } recipients)
            yield return recipients;

        foreach (var cluster in scope.Policy.Clusters)
            if (scope.Observed?.Clusters.GetValueOrDefault(cluster.Name)?.History is { } history
                && Tried(cluster.Name, history.KeysTried, scope.Now) is { } tried)
                yield return tried;
    }

    static ReviewFinding? Mode(EncryptionPolicy encryption)
        => encryption.IdentityFile is { } file
            ? FindingKinds.SimpleMode.At(
                "encryption.identity",
                $"simple mode: the recovery key lies on this host, in '{file}', so whoever takes the host can read "
                    + "every backup",
                "Keep it where restores and tests on this host are worth that; otherwise remove 'encryption.identity' "
                    + "(sealed mode), and restore and test on another host.")
            : null;

    static ReviewFinding? Recipients(EncryptionPolicy encryption) => encryption.Recipients.Count switch
    {
        0 => FindingKinds.RecipientsNotNamed.At(
            "encryption",
            "the policy does not name who can read backups: 'init' makes two keys, and only the repository knows them",
            "Copy the recipients that 'tomo-backup key show' prints into 'encryption.recipients'."),
        1 => FindingKinds.OneRecipient.At(
            "encryption.recipients",
            "every backup is encrypted to one key alone: where it is lost, all backups are lost",
            "Add a second recipient whose key is kept elsewhere."),
        _ => null,
    };

    static ReviewFinding? Tried(string cluster, DateTimeOffset? at, DateTimeOffset now)
        => at is not { } tried
            ? FindingKinds.KeyNeverTried.At(
                "encryption",
                $"no recovery key was ever tried on the repositories of '{cluster}' from this host since 'init'",
                "Run 'tomo-backup key check', and once with '--identity' for the key in the sealed envelope.")
            : TryEvery.After(tried) < now
                ? FindingKinds.KeyTriedLongAgo.At(
                    "encryption",
                    $"recovery keys were last tried on '{cluster}' on {tried.UtcDateTime:yyyy-MM-dd}, more than "
                        + $"{TryEvery} ago",
                    "Run 'tomo-backup key check' again, with the key in the sealed envelope too.")
                : null;
}
