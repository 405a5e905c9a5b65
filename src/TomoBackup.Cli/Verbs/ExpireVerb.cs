using TomoBackup.Cli.Output;
using TomoBackup.Operations;
using TomoBackup.Retention;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>expire</c>: removes what the policy does not want any more.</summary>
static class ExpireVerb
{
    public static VerbCommand Create()
    {
        var symbols = new KeySymbols();
        var repository = Symbols.Text("--repository", "NAME", "this repository only; all of the policy otherwise");
        var plan = Symbols.Flag("--plan", "say what would go, what stays and why; change nothing");
        var why = Symbols.Text("--why", "NAME", "what becomes of a backup, a WAL segment or a key, and why");
        var more = Symbols.Flag("--allow-more", "remove more than one run may by itself");

        return new VerbCommand("expire", "Remove what the policy does not want any more")
        {
            Section = VerbSection.Keep,
            Details = """
                What is not wanted waits for a day and goes with a later run. Nothing goes that a
                kept backup, the window, a hold, somebody at work or a follower needs. A run
                removes nothing where the clock jumped, where this host did not verify the
                repository within 7 days, or where it would take more than a quarter of the good
                backups or half of the WAL.
                """,
            Options = { plan, why, more, repository, symbols.Identity, symbols.SigningKey },
            Examples =
            [
                new("expire --plan", "read this first"),
                new("expire", "what a timer runs each day, after 'verify'"),
                new("expire --why 000000010000000000000042", "why a segment is still there"),
            ],
            Exits =
            [
                .. ExitMeaning.With(
                    ErrorCode.Warnings, ErrorCode.RepositoryMissing, ErrorCode.Locked, ErrorCode.KeyMissingOrWrong,
                    ErrorCode.RepositoryDamaged, ErrorCode.NotFound, ErrorCode.Refused, ErrorCode.Unavailable,
                    ErrorCode.CannotWrite, ErrorCode.Interrupted, ErrorCode.Terminated)
                    .Select(exit => exit.Code is (int)ErrorCode.Refused
                        ? exit with { Meaning = "nothing removed: clock, verification or cap spoke against it" }
                        : exit),
            ],
            Run = (parsed, context, cancellationToken) => RunAsync(
                new ExpireOptions(
                    PlanOnly: parsed.GetValue(plan) || parsed.GetValue(why) is not null,
                    AllowMore: parsed.GetValue(more)),
                parsed.GetValue(repository),
                parsed.GetValue(why),
                symbols.Read(parsed, context),
                context,
                cancellationToken),
        };
    }

    static async Task<int> RunAsync(
        ExpireOptions options,
        string? repository,
        string? why,
        KeyOptions keys,
        VerbContext context,
        CancellationToken cancellationToken)
    {
        var reports = new List<ExpireReport>();

        using (var progress = context.StartProgress())
        {
            var door = context.Door(progress);

            foreach (var name in door.RepositoriesNamed(repository))
                reports.Add(await door.ExpireAsync(options, name, keys, cancellationToken).ConfigureAwait(false));
        }

        if (why is not null)
        {
            RetentionText.Explain([.. reports.Select(r => (r.Repository, RetentionAnswer.For(r.Plan, why)))],
                context.Report);
            return (int)ErrorCode.Ok;
        }

        RetentionText.Show(reports, context.Report);
        return (int)reports.Select(r => r.Result).Max();
    }
}
