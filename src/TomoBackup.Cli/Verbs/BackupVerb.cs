using TomoBackup.Cli.Output;
using TomoBackup.Backups;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>backup</c>: takes a backup of a cluster.</summary>
static class BackupVerb
{
    sealed record Options(string? Repository, string? Label, IReadOnlyDictionary<string, string> Annotations);

    public static VerbCommand Create()
    {
        var full = Symbols.Flag("--full", "begin a new generation with a full backup");
        var label = Symbols.Text("--label", "TEXT", "a few words that 'show' tells");
        var annotate = Symbols.Texts("--annotate", "KEY=VALUE", "a fact to keep with the backup");

        var repository = Symbols.Text(
            "--repository", "NAME", "where to put it; the policy's first repository otherwise");

        return new VerbCommand("backup", "Take a backup of a cluster")
        {
            Section = VerbSection.Protect,
            Details = """
                Takes a full backup; this version knows no other kind. The backup counts as good when
                its manifest is published and all WAL that it needs is in the repository. A source
                with damaged pages is stored, but as damaged (exit code 3).
                """,
            Options = { full, label, annotate, repository },
            Validators = { result => Annotations.Check(result, annotate) },
            Examples =
            [
                new("backup --full", "what a timer runs"),
                new("backup --full --label 'before the upgrade' --annotate ticket=4711", "before something risky"),
            ],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.Damaged, ErrorCode.RepositoryMissing, ErrorCode.Locked,
                ErrorCode.KeyMissingOrWrong, ErrorCode.RepositoryDamaged, ErrorCode.WalConflict, ErrorCode.NotFound,
                ErrorCode.Refused, ErrorCode.Unavailable, ErrorCode.CannotWrite, ErrorCode.TryAgain,
                ErrorCode.Interrupted, ErrorCode.Terminated),
            Run = (parsed, context, cancellationToken) => RunAsync(
                new Options(
                    parsed.GetValue(repository),
                    parsed.GetValue(label),
                    Annotations.Read(parsed.GetValue(annotate) ?? [])),
                context,
                cancellationToken),
        };
    }

    static async Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
    {
        var tuning = context.Policy().Backup;
        var wanted = new BackupOptions
        {
            Label = options.Label,
            Annotations = options.Annotations,
            CompressionLevel = tuning.CompressionLevel,
        };

        if (tuning.Workers is { } workers)
            wanted = wanted with { Workers = workers };

        BackupReport report;

        using (var progress = context.StartProgress())
            report = await context.Door(progress).BackupAsync(wanted, options.Repository, cancellationToken)
                .ConfigureAwait(false);

        BackupText.Show(report, context.Report);

        foreach (var warning in report.Warnings)
            context.Report.Warn(warning);

        return (int)(report.Manifest.IsGood ? ErrorCode.Ok : ErrorCode.Damaged);
    }
}
