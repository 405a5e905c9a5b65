namespace TomoBackup.Cli.Verbs;

/// <summary><c>key check</c>: shows that an identity opens what it must.</summary>
static class KeyCheckVerb
{
    sealed record Options(string? Identity);

    public static VerbCommand Create()
    {
        var identity = Symbols.Text("--identity", "FILE", "the identity to try instead of the policy's");

        return new VerbCommand("check", "Try whether an identity opens every data key of the repository")
        {
            Section = VerbSection.SetUp,
            Options = { identity },
            Examples = [new("key check --identity /mnt/usb/escrow.key", "once a year, with the sealed envelope")],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.KeyMissingOrWrong, ErrorCode.RepositoryDamaged,
                ErrorCode.NotFound, ErrorCode.Unavailable),
            Run = (parsed, context, cancellationToken)
                => RunAsync(new Options(parsed.GetValue(identity)), context, cancellationToken),
        };
    }

    static Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
        => throw NotBuilt.Yet("key check");
}
