namespace TomoBackup.Storage.Rclone;

/// <summary>
/// Turns what rclone says into failures of a store. It tells kinds apart by text alone, except for what is not there
/// (status 404); a text that is not known here counts as a passing fault, so it is never taken for absence.
/// </summary>
static class RcloneFailure
{
    static readonly (StoreFailure Failure, string[] Words)[] Texts =
    [
        (StoreFailure.Missing, ["didn't find section in config file", "bucket does not exist", "NoSuchBucket"]),
        (StoreFailure.Full,
        [
            "no space left on device", "disk quota exceeded", "quotaExceeded", "insufficient storage",
            "InsufficientStorage", "insufficient_space", "not enough space", "storage_cap_exceeded",
            "too big for remaining disk space",
        ]),
        (StoreFailure.Damaged,
        [
            "corrupted on transfer", "failed to authenticate decrypted block", "not an encrypted file",
            "file name too long", "is a directory not a file", "not a directory",
        ]),
        (StoreFailure.Denied,
        [
            "permission denied", "access denied", "AccessDenied", "Forbidden", "status code: 403", "Unauthorized",
            "status code: 401", "InvalidAccessKeyId", "SignatureDoesNotMatch", "unable to authenticate",
            "key mismatch", "key is unknown", "unable to decrypt configuration", "read-only file system",
            "bad_auth_token", "invalid_grant",
        ]),
    ];

    public static StoreException In(string address, string act, string text)
    {
        var failure = KindOf(text);

        return new StoreException(
            failure,
            failure == StoreFailure.Missing && text.StartsWith("didn't find section", StringComparison.Ordinal)
                ? $"store '{address}': rclone's configuration has no such remote"
                : $"store '{address}': unable to {act}: {OneLine(text)}");
    }

    public static StoreFailure KindOf(string text)
        => Texts.FirstOrDefault(kind => kind.Words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)))
            is { Words: not null } known
            ? known.Failure
            : StoreFailure.Unreachable;

    static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
