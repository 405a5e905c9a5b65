using TomoBackup.Cli.Output;
using TomoBackup.Backups;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>backup</c>: takes a backup of a cluster.</summary>
static class BackupVerb
{
    sealed record Options(
        BackupRequest Request,
        bool Audit,
        string? Repository,
        string? Label,
        IReadOnlyDictionary<string, string> Annotations);

    public static VerbCommand Create()
    {
        var full = Symbols.Flag("--full", "begin a new generation with a full backup");
        var incremental = Symbols.Flag("--incremental", "store what changed since the last backup");
        var audit = Symbols.Flag("--audit", "compare the result with the cluster, page by page");
        var label = Symbols.Text("--label", "TEXT", "a few words that 'show' tells");
        var annotate = Symbols.Texts("--annotate", "KEY=VALUE", "a fact to keep with the backup");

        var repository = Symbols.Text(
            "--repository", "NAME", "where to put it; the policy's first repository otherwise");

        return new VerbCommand("backup", "Take a backup of a cluster")
        {
            Section = VerbSection.Protect,
            Details = """
                Takes the backup that the policy's schedule says is due, and none where none is.
                Without a schedule: an incremental one, or a full one to begin with.

                An incremental backup reads the blocks that PostgreSQL 17 and later names in its
                WAL summaries (summarize_wal = on), or looks at the position of each page. It
                describes the whole cluster all the same: a restore needs no other manifest.
                Where none can be taken a full one is, and the reason is printed.

                --audit reads the whole cluster and the backup, and publishes the backup only if
                every page that WAL will not bring back is equal. The policy's 'audit' does it on a
                schedule.

                The backup counts as good when its manifest is published and all WAL that it needs
                is in the repository. A source with damaged pages is stored, but as damaged
                (exit code 3).
                """,
            Options = { full, incremental, audit, label, annotate, repository },
            Validators =
            {
                result => Annotations.Check(result, annotate),
                Symbols.AtMostOne(full, incremental),
            },
            Examples =
            [
                new("backup", "what a timer runs, as often as the shortest schedule"),
                new("backup --incremental", "now, whatever the schedule says"),
                new("backup --incremental --audit", "now: prove that no change was missed"),
                new("backup --full --label 'before the upgrade' --annotate ticket=4711", "before something risky"),
            ],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.Damaged, ErrorCode.RepositoryMissing, ErrorCode.Locked,
                ErrorCode.KeyMissingOrWrong, ErrorCode.RepositoryDamaged, ErrorCode.WalConflict, ErrorCode.NotFound,
                ErrorCode.Refused, ErrorCode.Unavailable, ErrorCode.CannotWrite, ErrorCode.TryAgain,
                ErrorCode.Interrupted, ErrorCode.Terminated),
            Run = (parsed, context, cancellationToken) => RunAsync(
                new Options(
                    parsed.GetValue(full) ? BackupRequest.Full
                        : parsed.GetValue(incremental) ? BackupRequest.Incremental
                        : BackupRequest.Due,
                    parsed.GetValue(audit),
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
        var cluster = context.Cluster();
        var wanted = new BackupOptions
        {
            Request = options.Request,
            Audit = options.Audit,
            FullSchedule = cluster.Full,
            IncrementalSchedule = cluster.Incremental,
            AuditSchedule = cluster.Audit,
            MaxChain = tuning.MaxChain,
            Label = options.Label,
            Annotations = options.Annotations,
            CompressionLevel = tuning.CompressionLevel,
        };

        if (tuning.Workers is { } workers)
            wanted = wanted with { Workers = workers };

        BackupOutcome outcome;

        using (var progress = context.StartProgress())
            outcome = await context.Door(progress).BackupAsync(wanted, options.Repository, cancellationToken)
                .ConfigureAwait(false);

        if (outcome is not BackupOutcome.Taken { Report: var report })
        {
            BackupText.Show((BackupOutcome.NotDue)outcome, context.Report);
            return (int)ErrorCode.Ok;
        }

        BackupText.Show(report, context.Report);

        foreach (var warning in report.Warnings)
            context.Report.Warn(warning);

        return (int)(report.Manifest.IsGood ? ErrorCode.Ok : ErrorCode.Damaged);
    }
}
