namespace TomoBackup.Cli.Verbs;

/// <summary><c>wal push</c>: PostgreSQL's archive_command.</summary>
static class WalPushVerb
{
    sealed record Options(string Path);

    public static VerbCommand Create()
    {
        var path = Symbols.Word("PATH", "the file, as PostgreSQL names it with %p");

        return new VerbCommand("push", "Archive one WAL segment or history file (archive_command)")
        {
            Section = VerbSection.Protect,
            Details = """
                Succeeds when the file is durable in the repository. The same content again
                succeeds too; other content under the same name is refused and never overwrites.
                Runs in PostgreSQL's data directory, so a relative path is fine. Never exits
                above 125.
                """,
            ExitRule = ExitRule.WalPush,
            Arguments = { path },
            Examples = [new("wal push %p", "archive_command = 'tomo-backup wal push %p'")],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.KeyMissingOrWrong, ErrorCode.WalConflict, ErrorCode.NotFound,
                ErrorCode.Refused, ErrorCode.Unavailable, ErrorCode.CannotWrite, ErrorCode.TryAgain),
            Run = (parsed, context, cancellationToken)
                => RunAsync(new Options(parsed.GetRequiredValue(path)), context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
    {
        var path = context.Absolute(options.Path);
        var answer = await context.Door(Silent.Instance).PushAsync(path, cancellationToken).ConfigureAwait(false);

        context.Report.Detail($"'{answer.Name}' {(answer.Stored ? "is archived" : "was archived already")}");

        if (answer.StartAhead)
            context.StartAhead(["wal", "push-ahead", path]);

        return (int)ErrorCode.Ok;
    }
}
