namespace TomoBackup.Cli.Verbs;

/// <summary><c>key generate</c>: makes an age identity.</summary>
static class KeyGenerateVerb
{
    sealed record Options(string File);

    public static VerbCommand Create()
    {
        var file = Symbols.Word("FILE", "where to write the secret half, mode 0600; must not exist yet");

        return new VerbCommand("generate", "Make an age identity and print its recipient")
        {
            Section = VerbSection.SetUp,
            Details = """
                The recipient (public half) goes to stdout and into the policy. The file is the
                only way to read what is encrypted to it: keep a copy away from this host.
                """,
            Arguments = { file },
            Examples = [new("key generate /root/escrow.key", "make the key for the sealed envelope")],
            Exits = ExitMeaning.Of(
                ErrorCode.Ok, ErrorCode.Defect, ErrorCode.Refused, ErrorCode.Usage, ErrorCode.CannotWrite),
            Run = (parsed, context, cancellationToken)
                => RunAsync(new Options(parsed.GetRequiredValue(file)), context, cancellationToken),
        };
    }

    static Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
        => throw NotBuilt.Yet("key generate");
}
