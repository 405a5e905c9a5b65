using System.CommandLine;
using System.CommandLine.Parsing;
using TomoBackup.Policies;
using TomoBackup.Storage;

namespace TomoBackup.Cli.Verbs;

/// <summary>The options that name a store where there is no policy: an empty machine after a disaster.</summary>
sealed class StoreSymbols
{
    readonly Option<string?> _from = Symbols.Text("--from", "ADDRESS", "a store to look into without a policy");
    readonly Option<string?> _endpoint = Symbols.Text("--endpoint", "URL", "with --from s3://…: the service");
    readonly Option<string?> _region = Symbols.Text("--region", "NAME", "with --from s3://…: the region");
    readonly Option<string?> _authority = Symbols.Text("--ca-file", "FILE", "with --from s3://…: whom to trust (PEM)");
    readonly Option<string?> _accessKey = Symbols.Text(
        "--access-key", "FILE", "with --from s3://…: a file with the key's name (mode 0600)");
    readonly Option<string?> _secretKey = Symbols.Text(
        "--secret-key", "FILE", "with --from s3://…: a file with the key's secret (mode 0600)");

    readonly Option<PointInTime?> _asOf = Symbols.Value<PointInTime>(
        "--as-of", "TIME", "with --from s3://…: the bucket as it was then", PointInTime.Form, PointInTime.TryParse);

    readonly Option<string?> _sshKey = Symbols.Text("--ssh-key", "FILE", "with --from sftp://…: a private key");
    readonly Option<string?> _knownHosts = Symbols.Text(
        "--known-hosts", "FILE", "with --from sftp://…: host keys as ssh keeps them");
    readonly Option<string?> _hostKey = Symbols.Text(
        "--host-key", "SHA256:…", "with --from sftp://…: the server's fingerprint");
    readonly Option<string?> _rcloneConfiguration = Symbols.Text(
        "--rclone-config", "FILE", "with --from rclone:…: the rclone.conf that knows it");

    /// <summary>In the order of the help.</summary>
    public IReadOnlyList<Option> All => [_from, .. OfBuckets, .. OfSsh, _rcloneConfiguration];

    Option[] OfBuckets => [_endpoint, _region, _authority, _accessKey, _secretKey, _asOf];

    Option[] OfSsh => [_sshKey, _knownHosts, _hostKey];

    /// <summary>Refuses contradictions.</summary>
    public void Check(CommandResult result)
    {
        var from = result.GetResult(_from)?.Tokens is [var token] ? token.Value : null;

        if (from is not null && !StoreAddress.TryParse(from, out _, out var error))
            result.AddError($"--from: {error}");

        foreach (var (options, scheme, form) in new (Option[], string, string)[]
        {
            (OfBuckets, "s3:", "s3://BUCKET"), (OfSsh, "sftp:", "sftp://USER@HOST/PATH"),
            ([_rcloneConfiguration], "rclone:", "rclone:REMOTE:PATH"),
        })
            foreach (var option in options)
                if (result.GetResult(option) is { Implicit: false }
                    && from?.StartsWith(scheme, StringComparison.Ordinal) is not true)
                    result.AddError($"{option.Name} needs --from {form}");

        if (result.GetResult(_endpoint)?.Tokens is [var url] && !IsWeb(url.Value))
            result.AddError($"'{url.Value}' is not what --endpoint takes: an address such as https://s3.example.org");
    }

    /// <summary>The store that was named; null where the policy names it.</summary>
    public RepositoryPolicy? Read(ParseResult parsed, VerbContext context)
    {
        if (parsed.GetValue(_from) is not { } address)
            return null;

        string? File(Option<string?> option)
            => parsed.GetValue(option) is { } path ? context.Absolute(path) : null;

        SecretReference? Secret(Option<string?> option)
            => File(option) is { } path ? new SecretReference(path, null, null) : null;

        return new RepositoryPolicy
        {
            Name = "given",
            Store = StoreAddress.Parse(address),
            Endpoint = parsed.GetValue(_endpoint) is { } url ? new Uri(url) : null,
            Region = parsed.GetValue(_region),
            CertificateAuthority = File(_authority),
            AccessKey = Secret(_accessKey),
            SecretKey = Secret(_secretKey),
            AsOf = parsed.GetValue(_asOf)?.Utc,
            SshKey = File(_sshKey),
            KnownHosts = File(_knownHosts),
            HostKey = parsed.GetValue(_hostKey),
            RcloneConfiguration = File(_rcloneConfiguration),
        };
    }

    static bool IsWeb(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "https" or "http");
}
