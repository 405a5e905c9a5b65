namespace TomoBackup.Cli.Verbs;

/// <summary><c>list</c>: the backups of a repository.</summary>
static class ListVerb
{
    public static VerbCommand Create()
        => new("list", "List the backups, newest last")
        {
            Section = VerbSection.Look,
            Details = """
                Reads public heads only, so it needs no key. All clusters, unless --cluster
                names one.
                """,
            Examples = [new("list", "all backups"), new("list --cluster main --json", "for a script")],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.RepositoryDamaged, ErrorCode.NotFound, ErrorCode.Unavailable),
            Run = (_, context, cancellationToken) => RunAsync(context, cancellationToken),
        };

    static Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => throw NotBuilt.Yet("list");
}
