using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace TomoBackup.Storage;

/// <summary>Reads the text of a <see cref="StoreAddress"/>.</summary>
static class StoreAddressText
{
    const string Rclone = "rclone:";

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    static readonly SearchValues<char> BucketLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");

    // https://rclone.org/docs/#valid-remote-names, without '@', which stands beside passwords too often. A comma or an
    // equals sign would begin rclone's connection string, which may hold credentials.
    static readonly SearchValues<char> RemoteLetters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+. ");

    public static bool TryRead(
        string text,
        [NotNullWhen(true)] out StoreAddress? address,
        [NotNullWhen(false)] out string? error)
    {
        (address, error) = Read(text);
        return address is not null;
    }

    static (StoreAddress? Address, string? Error) Read(string text)
    {
        if (text.StartsWith(Rclone, StringComparison.OrdinalIgnoreCase))
            return ReadRclone(text[Rclone.Length..]);

        if (text.IndexOf(StoreAddress.Separator, StringComparison.Ordinal) is not (> 0 and var end))
            return Wrong(text.StartsWith('/')
                ? $"'{text}' is a path, not a store address: write 'file://{text}'"
                : "a store address begins with its scheme, as 'file:///backup' does");

        var written = text[(end + StoreAddress.Separator.Length)..];

        return text[..end].ToLowerInvariant() switch
        {
            StoreAddress.FileScheme => ReadDirectory(text, written),
            StoreAddress.BucketScheme => ReadBucket(written),
            StoreAddress.SftpScheme => SshAddressText.Read(written),
            _ => Wrong($"no store has the scheme '{text[..end]}': write {StoreAddress.Form}"),
        };
    }

    static (StoreAddress?, string?) ReadDirectory(string text, string written)
    {
        if (!written.StartsWith('/'))
            return Wrong($"store address '{text}' must name an absolute path of this machine: 'file:///path'");

        if (written.AsSpan().ContainsAny("%?#\0"))
            return Wrong($"store address '{text}' holds '%', '?' or '#': write the path as it is, without escapes");

        var segments = written.Split('/', StringSplitOptions.RemoveEmptyEntries);

        if (segments.Any(segment => segment is "." or ".."))
            return Wrong($"store address '{text}' must not go through '.' or '..'");

        return segments.Length is 0
            ? Wrong($"store address '{text}' names the root directory: choose a folder")
            : (new StoreAddress(StoreAddress.FileScheme, "", '/' + string.Join('/', segments)), null);
    }

    static (StoreAddress?, string?) ReadBucket(string written)
    {
        if (written.Contains('@', StringComparison.Ordinal))
            return Wrong("an s3 address holds '@': keys are named by 'access_key' and 'secret_key', never here");

        var parts = written.Split('/', StringSplitOptions.RemoveEmptyEntries);

        if (written.StartsWith('/') || parts is not [{ Length: >= 3 and <= 63 } bucket, .. var prefix]
            || bucket.AsSpan().ContainsAnyExcept(BucketLetters) || bucket[0] is '.' or '-' || bucket[^1] is '.' or '-')
            return Wrong("an s3 address must name a bucket, 3 to 63 of a-z, 0-9, '.' and '-': 's3://bucket/prefix'");

        return IsPath(written, prefix)
            ? (new StoreAddress(StoreAddress.BucketScheme, bucket, string.Join('/', prefix)), null)
            : Wrong("the prefix of an s3 address must not hold '%', '?', '#', '.' or '..' as a part: write it plainly");
    }

    static (StoreAddress?, string?) ReadRclone(string written)
    {
        var end = written.IndexOf(':', StringComparison.Ordinal);

        if (end < 1 || written.AsSpan(0, end).ContainsAnyExcept(RemoteLetters) || written[0] is '-' or ' ')
            return Wrong("an rclone address must name a remote of rclone.conf: 'rclone:remote:path'");

        var path = written[(end + 1)..].TrimEnd('/');

        return IsPath(path, path.Split('/'))
            ? (new StoreAddress(StoreAddress.RcloneScheme, written[..end], path), null)
            : Wrong(
                "the path of an rclone address must not hold '%', '?', '#', '.' or '..' as a part: write it plainly");
    }

    internal static bool IsPath(string path, IEnumerable<string> segments)
        => !path.AsSpan().ContainsAny("%?#")
            && !path.Any(char.IsControl)
            && !segments.Any(segment => segment is "." or "..");

    static (StoreAddress?, string?) Wrong(string error) => (null, error);
}
