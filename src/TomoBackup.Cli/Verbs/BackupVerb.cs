namespace TomoBackup.Cli.Verbs;

/// <summary><c>backup</c>: takes a backup of a cluster.</summary>
static class BackupVerb
{
    sealed record Options(bool Full, string? Label, IReadOnlyDictionary<string, string> Annotations);

    public static VerbCommand Create()
    {
        var full = Symbols.Flag("--full", "begin a new generation with a full backup");
        var label = Symbols.Text("--label", "TEXT", "a few words that 'list' shows");
        var annotate = Symbols.Texts("--annotate", "KEY=VALUE", "a fact to keep with the backup");

        return new VerbCommand("backup", "Take a backup of a cluster")
        {
            Section = VerbSection.Protect,
            Details = """
                Takes an incremental backup where a generation is open, and a full one where
                there is none. The backup counts as good when its manifest is published and all
                WAL that it needs is in the repository. A source with damaged pages is stored,
                but as damaged (exit code 3).
                """,
            Options = { full, label, annotate },
            Validators = { result => Annotations.Check(result, annotate) },
            Examples =
            [
                new("backup", "what a timer runs"),
                new("backup --full --label 'before the upgrade' --annotate ticket=4711", "before something risky"),
            ],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.Damaged, ErrorCode.RepositoryMissing, ErrorCode.Locked,
                ErrorCode.KeyMissingOrWrong, ErrorCode.RepositoryDamaged, ErrorCode.WalConflict, ErrorCode.NotFound,
                ErrorCode.Refused, ErrorCode.Unavailable, ErrorCode.CannotWrite, ErrorCode.TryAgain,
                ErrorCode.Interrupted, ErrorCode.Terminated),
            Run = (parsed, context, cancellationToken) => RunAsync(
                new Options(
                    parsed.GetValue(full),
                    parsed.GetValue(label),
                    Annotations.Read(parsed.GetValue(annotate) ?? [])),
                context,
                cancellationToken),
        };
    }

    static Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
        => throw NotBuilt.Yet("backup");
}
