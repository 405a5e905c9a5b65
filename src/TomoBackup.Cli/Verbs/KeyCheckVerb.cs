using TomoBackup.Cli.Output;
using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>key check</c>: shows that an identity opens what it must.</summary>
static class KeyCheckVerb
{
    public static VerbCommand Create()
    {
        var identities = Symbols.Texts("--identity", "FILE", "an identity to try instead of the policy's");

        return new VerbCommand("check", "Try whether identities open the newest data keys of each repository")
        {
            Section = VerbSection.SetUp,
            Details = """
                Each identity must open the newest key of backups, of WAL and of content ids, read
                from the repository as a new machine would. Tells which recipients were not tried.
                """,
            Options = { identities },
            Examples = [new("key check --identity /mnt/usb/escrow.key", "once a year, with the sealed envelope")],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.KeyMissingOrWrong, ErrorCode.RepositoryDamaged,
                ErrorCode.NotFound, ErrorCode.Unavailable),
            Run = (parsed, context, cancellationToken)
                => RunAsync(parsed.GetValue(identities) ?? [], context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(string[] identities, VerbContext context, CancellationToken cancellationToken)
    {
        var keys = new KeyOptions { IdentityFiles = [.. identities.Select(context.Absolute)] };
        var report = await context.Door(Silent.Instance).CheckKeysAsync(keys, cancellationToken).ConfigureAwait(false);

        KeyText.Show(report, context.Report);
        return (int)(report.Trials.All(t => t.Failure is null) ? ErrorCode.Ok : ErrorCode.KeyMissingOrWrong);
    }
}
