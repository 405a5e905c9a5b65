using TomoBackup.Cli.Output;
using TomoBackup.Operations;
using TomoBackup.Verification;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>verify</c>: reads a repository back.</summary>
static class VerifyVerb
{
    public static VerbCommand Create()
    {
        var symbols = new KeySymbols();
        var backup = Symbols.Text("--backup", "ID", "look at this backup only");
        var deep = Symbols.Flag("--deep", "also decrypt and check every frame; needs the recovery identity");

        return new VerbCommand("verify", "Read the repository back and compare it with its manifests")
        {
            Section = VerbSection.Look,
            Details = """
                Checks signatures, that every object of every backup is listed with its size, and
                that WAL has no gap; with --deep also every byte, every file's checksum, and every
                WAL record. Says what each finding costs.
                """,
            Options = { deep, backup, symbols.Repository, symbols.Identity, symbols.SigningKey },
            Examples = [new("verify", "without keys"), new("verify --deep", "every byte, where the identity lies")],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.Damaged, ErrorCode.RepositoryMissing, ErrorCode.KeyMissingOrWrong,
                ErrorCode.RepositoryDamaged, ErrorCode.WalConflict, ErrorCode.NotFound, ErrorCode.Unavailable,
                ErrorCode.Interrupted, ErrorCode.Terminated),
            Run = (parsed, context, cancellationToken) => RunAsync(
                new VerifyOptions { Deep = parsed.GetValue(deep), Backup = parsed.GetValue(backup) },
                parsed.GetValue(symbols.Repository),
                symbols.Read(parsed, context),
                context,
                cancellationToken),
        };
    }

    static async Task<int> RunAsync(
        VerifyOptions options,
        string? repository,
        KeyOptions keys,
        VerbContext context,
        CancellationToken cancellationToken)
    {
        VerifyReport report;

        using (var progress = context.StartProgress())
            report = await context.Door(progress).VerifyAsync(options, repository, keys, cancellationToken)
                .ConfigureAwait(false);

        VerifyText.Show(report, context.Report);

        return (int)(report.IsSound
            ? report.Findings.Any(f => f.Severity == VerifySeverity.Warning) ? ErrorCode.Warnings : ErrorCode.Ok
            : ErrorCode.Damaged);
    }
}
