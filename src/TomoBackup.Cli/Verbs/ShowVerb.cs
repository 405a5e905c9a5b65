namespace TomoBackup.Cli.Verbs;

/// <summary><c>show</c>: everything about one backup.</summary>
static class ShowVerb
{
    sealed record Options(string Backup);

    public static VerbCommand Create()
    {
        var backup = Symbols.Word("ID", "the backup: its id, the unique beginning of one, or 'latest'");

        return new VerbCommand("show", "Show everything about one backup")
        {
            Section = VerbSection.Look,
            Arguments = { backup },
            Examples = [new("show latest", "the newest backup: state, sizes, WAL range, damaged pages")],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.RepositoryDamaged, ErrorCode.NotFound, ErrorCode.Unavailable),
            Run = (parsed, context, cancellationToken)
                => RunAsync(new Options(parsed.GetRequiredValue(backup)), context, cancellationToken),
        };
    }

    static Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
        => throw NotBuilt.Yet("show");
}
