using TomoBackup.Cli.Output;
using TomoBackup.Retention;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>hold</c>: keeps a backup from being expired.</summary>
static class HoldVerb
{
    public static VerbCommand Create()
    {
        var backup = Symbols.Word("BACKUP", "the backup: its id, the unique beginning of one, or 'latest'");
        var until = Symbols.Value<PointInTime>(
            "--until", "TIME", "when the hold ends; only by --release otherwise", PointInTime.Form,
            PointInTime.TryParse);
        var reason = Symbols.Text("--reason", "TEXT", "for whoever asks later");
        var release = Symbols.Flag("--release", "end every hold of the backup");
        var repository = Symbols.Text("--repository", "NAME", "in this repository only; in all that have it otherwise");

        return new VerbCommand("hold", "Keep a backup whatever the policy says, or release it")
        {
            Section = VerbSection.Keep,
            Details = """
                A held backup stays with all that a restore to its own end needs, until the time
                given or until it is released. The hold is signed and lies in the repository, so
                every host sees it. It keeps no WAL behind the backup: later moments go as they
                would have.
                """,
            Arguments = { backup },
            Options = { until, reason, release, repository },
            Validators =
            {
                result =>
                {
                    if (result.GetValue(release)
                        && (result.GetResult(until) is not null || result.GetResult(reason) is not null))
                        result.AddError("--release takes neither --until nor --reason");
                },
            },
            Examples =
            [
                new("hold latest --reason 'audit 2026'", "until somebody releases it"),
                new("hold 20261122T020000Z-1a2b3c4d --until 2027-03-31", "until a day"),
                new("hold --release 20261122T020000Z-1a2b3c4d", "the policy decides again"),
            ],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.KeyMissingOrWrong, ErrorCode.RepositoryDamaged,
                ErrorCode.NotFound, ErrorCode.Unavailable, ErrorCode.CannotWrite, ErrorCode.Interrupted,
                ErrorCode.Terminated),
            Run = (parsed, context, cancellationToken) => RunAsync(
                new HoldOptions(
                    parsed.GetRequiredValue(backup),
                    parsed.GetValue(release),
                    parsed.GetValue(until)?.Utc,
                    parsed.GetValue(reason)),
                parsed.GetValue(repository),
                context,
                cancellationToken),
        };
    }

    static async Task<int> RunAsync(
        HoldOptions options, string? repository, VerbContext context, CancellationToken cancellationToken)
    {
        var report = await context.Door(Silent.Instance).HoldAsync(options, repository, cancellationToken)
            .ConfigureAwait(false);

        RetentionText.Show(report, context.Report);
        return (int)ErrorCode.Ok;
    }
}
