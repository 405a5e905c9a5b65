namespace TomoBackup.Cli.Verbs;

/// <summary><c>check</c>: tries the whole way of a segment.</summary>
static class CheckVerb
{
    public static VerbCommand Create()
        => new("check", "Try the set-up from end to end")
        {
            Section = VerbSection.SetUp,
            Details = """
                Looks at server, policy, keys and repository, makes one WAL switch and waits
                until that segment is in the repository. Each probe is a line, and each failure
                names its remedy.
                """,
            Examples = [new("check", "after set-up, and whenever in doubt")],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.RepositoryMissing, ErrorCode.KeyMissingOrWrong, ErrorCode.WalConflict,
                ErrorCode.NotFound, ErrorCode.Unavailable, ErrorCode.CannotWrite, ErrorCode.TryAgain),
            Run = (_, context, cancellationToken) => RunAsync(context, cancellationToken),
        };

    static Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => throw NotBuilt.Yet("check");
}
