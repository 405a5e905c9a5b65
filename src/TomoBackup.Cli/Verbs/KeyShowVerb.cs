using TomoBackup.Cli.Output;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>key show</c>: names the keys without showing a secret.</summary>
static class KeyShowVerb
{
    public static VerbCommand Create()
        => new("show", "List recipients, fingerprints and what this host can open")
        {
            Section = VerbSection.SetUp,
            Details = "Shows public halves and fingerprints only.",
            Examples = [new("key show", "compare with the escrow sheet")],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.KeyMissingOrWrong, ErrorCode.RepositoryDamaged,
                ErrorCode.NotFound, ErrorCode.Unavailable),
            Run = (_, context, cancellationToken) => RunAsync(context, cancellationToken),
        };

    static async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var report = await context.Door(Silent.Instance).ShowKeysAsync(cancellationToken).ConfigureAwait(false);
        KeyText.Show(report, context.Time.GetUtcNow(), context.Report);
        return (int)ErrorCode.Ok;
    }
}
