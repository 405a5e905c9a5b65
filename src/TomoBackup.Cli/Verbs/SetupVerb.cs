namespace TomoBackup.Cli.Verbs;

/// <summary><c>setup</c>: role, grants and archive settings on the server.</summary>
static class SetupVerb
{
    sealed record Options(bool Apply);

    public static VerbCommand Create()
    {
        var apply = Symbols.Flag("--apply", "run the statements instead of showing them");

        return new VerbCommand("setup", "Prepare the server: role, grants and archive settings")
        {
            Section = VerbSection.SetUp,
            Details = "Shows the SQL that is missing and changes nothing, unless --apply is given.",
            Options = { apply },
            Examples = [new("setup", "see what would be changed"), new("setup --apply", "change it")],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.NotFound, ErrorCode.Refused, ErrorCode.Unavailable),
            Run = (parsed, context, cancellationToken)
                => RunAsync(new Options(parsed.GetValue(apply)), context, cancellationToken),
        };
    }

    static Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
        => throw NotBuilt.Yet("setup");
}
