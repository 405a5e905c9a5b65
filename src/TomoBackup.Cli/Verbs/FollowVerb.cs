using TomoBackup.Cli.Output;
using TomoBackup.Following;
using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>follow</c>: copies from one repository to another.</summary>
static class FollowVerb
{
    public static VerbCommand Create()
    {
        var symbols = new KeySymbols();
        var repository = Symbols.Text(
            "--repository", "NAME", "the one to copy to; all that follow another otherwise");
        var plan = Symbols.Flag("--plan", "say what would be copied; change nothing");
        var watch = Symbols.Flag("--watch", "go on until stopped, and copy what comes");

        return new VerbCommand("follow", "Copy what a repository lacks from the one it follows")
        {
            Section = VerbSection.Protect,
            Details = """
                Copies objects as they are, encrypted and signed, several at a time: keys, then
                WAL, oldest first, then backups. Each is compared by its hash when it has
                arrived, and a backup's manifest comes last. What the retention of the one that
                follows would not keep is left out. Killed in the middle, it goes on where it
                was. The archive never waits for it.

                --watch looks every 15 seconds, and less often while a store does not answer.
                """,
            Options = { repository, plan, watch, symbols.Identity, symbols.SigningKey },
            Validators = { Symbols.AtMostOne(plan, watch) },
            Examples =
            [
                new("follow --plan", "how far behind each is"),
                new("follow", "what a timer runs, every few minutes"),
                new("follow --watch", "what a service runs"),
            ],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.RepositoryMissing, ErrorCode.Locked, ErrorCode.KeyMissingOrWrong,
                ErrorCode.RepositoryDamaged, ErrorCode.NotFound, ErrorCode.Unavailable, ErrorCode.CannotWrite,
                ErrorCode.Interrupted, ErrorCode.Terminated),
            Run = (parsed, context, cancellationToken) => parsed.GetValue(watch)
                ? WatchAsync(
                    parsed.GetValue(repository), symbols.Read(parsed, context), context, cancellationToken)
                : RunAsync(
                    new FollowOptions(parsed.GetValue(plan)), parsed.GetValue(repository),
                    symbols.Read(parsed, context), context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(
        FollowOptions options,
        string? repository,
        KeyOptions keys,
        VerbContext context,
        CancellationToken cancellationToken)
    {
        var reports = new List<FollowReport>();

        using (var progress = context.StartProgress())
        {
            var door = context.Door(progress);

            foreach (var name in door.FollowersNamed(repository))
                reports.Add(await door.FollowAsync(options, name, keys, cancellationToken).ConfigureAwait(false));
        }

        FollowText.Show(reports, context.Report);
        return (int)(reports.Exists(r => r.Problems.Count > 0) ? ErrorCode.Warnings : ErrorCode.Ok);
    }

    /// <summary>One at a time would let a dead store hold up the others.</summary>
    static async Task<int> WatchAsync(
        string? repository, KeyOptions keys, VerbContext context, CancellationToken cancellationToken)
    {
        var door = context.Door(Silent.Instance);
        var told = new Lock();

        await Task.WhenAll(door.FollowersNamed(repository).Select(name => door.WatchAsync(
            new FollowOptions(),
            name,
            keys,
            report =>
            {
                lock (told)
                    FollowText.ShowRun(report, context.Report);
            },
            failure =>
            {
                lock (told)
                    context.Report.Warn($"'{name}' does not follow at the moment: {failure.Message}");
            },
            cancellationToken))).ConfigureAwait(false);

        return (int)ErrorCode.Ok;
    }
}
