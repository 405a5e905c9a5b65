using System.CommandLine;
using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary>The options of verbs that look into a repository: which one, and whom to trust.</summary>
sealed class KeySymbols
{
    public Option<string?> Repository { get; } = Symbols.Text(
        "--repository", "NAME", "the policy's repository to look into; the first otherwise");

    public Option<string?> Identity { get; } = Symbols.Text("--identity", "FILE", "the recovery identity to use");

    public Option<string?> SigningKey { get; } = Symbols.Text(
        "--signing-key", "HEX", "fingerprint to trust, from the escrow sheet");

    /// <summary>Keys to use besides the policy's.</summary>
    public KeyOptions Read(ParseResult parsed, VerbContext context) => new()
    {
        IdentityFiles = parsed.GetValue(Identity) is { } file ? [context.Absolute(file)] : [],
        SigningKeys = parsed.GetValue(SigningKey) is { } fingerprint ? [fingerprint] : [],
    };
}
