namespace TomoBackup.Cli.Verbs;

/// <summary><c>demo</c>: the whole story on a throw-away cluster.</summary>
static class DemoVerb
{
    public static VerbCommand Create()
        => new("demo", "Back up and recover a throw-away cluster in a temporary folder")
        {
            Section = VerbSection.SetUp,
            Details = """
                Needs PostgreSQL's programs on this machine and no policy. Makes a cluster,
                writes to it, backs it up, breaks it, recovers it to the moment before, and
                removes everything again.
                """,
            Examples = [new("demo", "see it work in a minute")],
            Exits = ExitMeaning.Of(
                ErrorCode.Ok, ErrorCode.Defect, ErrorCode.NotFound, ErrorCode.Refused, ErrorCode.RecoveryFailed,
                ErrorCode.Usage, ErrorCode.CannotWrite),
            Run = (_, context, cancellationToken) => RunAsync(context, cancellationToken),
        };

    static Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => throw NotBuilt.Yet("demo");
}
