namespace TomoBackup.Cli.Verbs;

/// <summary><c>verify</c>: reads a repository back.</summary>
static class VerifyVerb
{
    sealed record Options(bool Deep);

    public static VerbCommand Create()
    {
        var deep = Symbols.Flag("--deep", "also decrypt and check every frame; needs the recovery identity");

        return new VerbCommand("verify", "Read the repository back and compare it with its manifests")
        {
            Section = VerbSection.Look,
            Details = """
                Checks that every object of every backup is there with its size and hash, and
                that WAL has no gap.
                """,
            Options = { deep },
            Examples = [new("verify", "without keys"), new("verify --deep", "every byte, where the identity lies")],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.Damaged, ErrorCode.RepositoryMissing, ErrorCode.KeyMissingOrWrong,
                ErrorCode.RepositoryDamaged, ErrorCode.WalConflict, ErrorCode.NotFound, ErrorCode.Unavailable,
                ErrorCode.Interrupted, ErrorCode.Terminated),
            Run = (parsed, context, cancellationToken)
                => RunAsync(new Options(parsed.GetValue(deep)), context, cancellationToken),
        };
    }

    static Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
        => throw NotBuilt.Yet("verify");
}
