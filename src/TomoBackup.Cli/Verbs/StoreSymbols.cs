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

    /// <summary>In the order of the help.</summary>
    public IReadOnlyList<Option> All => [_from, _endpoint, _region, _authority, _accessKey, _secretKey, _asOf];

    /// <summary>Refuses contradictions.</summary>
    public void Check(CommandResult result)
    {
        var from = result.GetResult(_from)?.Tokens is [var token] ? token.Value : null;

        if (from is not null && !StoreAddress.TryParse(from, out _, out var error))
            result.AddError($"--from: {error}");

        foreach (var option in All.Skip(1))
            if (result.GetResult(option) is { Implicit: false }
                && from?.StartsWith("s3:", StringComparison.Ordinal) is not true)
                result.AddError($"{option.Name} needs --from s3://BUCKET");

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
        };
    }

    static bool IsWeb(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "https" or "http");
}
