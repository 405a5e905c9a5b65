using System.Diagnostics.CodeAnalysis;

namespace TomoBackup.Storage;

/// <summary>
/// Where a repository lies: <c>file:///backup</c>, <c>s3://bucket/prefix</c>, <c>sftp://user@host:port/path</c> or
/// <c>rclone:remote:path</c>. What follows is taken as it stands, without percent escapes, and never holds a
/// credential. Messages about an address that is not understood name its scheme only, for the rest may hold a
/// password.
/// </summary>
public sealed record StoreAddress
{
    /// <summary>What a person should write, for messages.</summary>
    public const string Form = "a store address: 'file:///path', 's3://bucket/prefix' or 'rclone:remote:path'";

    internal const string Separator = "://";

    /// <summary>The scheme of a directory.</summary>
    public const string FileScheme = "file";

    /// <summary>The scheme of a bucket.</summary>
    public const string BucketScheme = "s3";

    /// <summary>The scheme of a remote of rclone.</summary>
    public const string RcloneScheme = "rclone";

    /// <summary>The scheme of a directory of an SSH server.</summary>
    public const string SftpScheme = "sftp";

    readonly string _path;

    internal StoreAddress(SshServer server, string path)
        : this(SftpScheme, server.ToString(), path)
        => Server = server;

    internal StoreAddress(string scheme, string container, string path)
        => (Scheme, Container, _path) = (scheme, container, path);

    /// <summary>How its bytes are reached: <see cref="FileScheme"/>, <see cref="BucketScheme"/>,
    /// <see cref="SftpScheme"/> or <see cref="RcloneScheme"/>.</summary>
    public string Scheme { get; }

    /// <summary>True for a directory of this machine.</summary>
    public bool IsDirectory => Scheme is FileScheme;

    /// <summary>True for a bucket.</summary>
    public bool IsBucket => Scheme is BucketScheme;

    /// <summary>Name of the bucket or of rclone's remote, <c>user@host:port</c> of an SSH server; empty for a
    /// directory.</summary>
    public string Container { get; }

    /// <summary>Whom to ask as whom; null unless the store is a directory of an SSH server.</summary>
    public SshServer? Server { get; }

    /// <summary>Absolute path of the store's directory, without a slash at its end; throws
    /// <see cref="InvalidOperationException"/> for another kind of store.</summary>
    public string Path => IsDirectory ? _path : throw new InvalidOperationException($"'{this}' is no directory");

    /// <summary>What keys of a bucket begin with, without a slash at its end, the path below a remote, or the absolute
    /// path on an SSH server; empty for all of it.</summary>
    public string Prefix => IsDirectory ? "" : _path;

    /// <summary>Reads an address, or throws <see cref="FormatException"/> with a sentence on what is wrong.</summary>
    public static StoreAddress Parse(string text)
        => TryParse(text, out var address, out var error) ? address : throw new FormatException(error);

    /// <summary>Reads an address, or says what is wrong with it.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out StoreAddress? address,
        [NotNullWhen(false)] out string? error)
        => StoreAddressText.TryRead(text, out address, out error);

    /// <inheritdoc/>
    public override string ToString()
        => Scheme switch
        {
            FileScheme => $"file://{_path}",
            SftpScheme => $"sftp://{Container}{_path}",
            RcloneScheme => $"rclone:{Container}:{_path}",
            _ => _path.Length is 0 ? $"s3://{Container}" : $"s3://{Container}/{_path}",
        };
}
