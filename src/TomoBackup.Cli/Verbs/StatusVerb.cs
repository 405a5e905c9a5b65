using TomoBackup.Cli.Output;
using TomoBackup.Measurements;
using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>status</c>: every promise of the policy against what was measured.</summary>
static class StatusVerb
{
    public static VerbCommand Create()
    {
        var symbols = new KeySymbols();

        return new VerbCommand("status", "Hold every promise of the policy against what was measured")
        {
            Section = VerbSection.Look,
            Details = """
                Worst first, each with what to do next. What nothing has measured yet is told as
                NOT MEASURED and counts as not held. Needs no recovery key. A repository or a
                server that does not answer is told; everything else is looked at all the same.
                Ends with 0 only where every promise of every cluster holds, otherwise with 2.
                """,
            Options = { symbols.Identity, symbols.SigningKey },
            Examples =
            [
                new("status", "all clusters of the policy"),
                new("status --cluster main --json", "every promise and every measured value, for a script"),
            ],
            Exits = ExitMeaning.With(ErrorCode.Warnings, ErrorCode.NotFound),
            Run = (parsed, context, cancellationToken) => RunAsync(
                symbols.Read(parsed, context), context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(KeyOptions keys, VerbContext context, CancellationToken cancellationToken)
    {
        var clusters = new List<ClusterStatus>();

        foreach (var door in context.Doors(Silent.Instance))
            clusters.Add(await door.StatusAsync(context.PolicyPath, keys, cancellationToken).ConfigureAwait(false));

        StatusText.Show(clusters, Glyphs.Of(context.Variable), context.Report);
        return (int)(clusters.All(cluster => cluster.Holds) ? ErrorCode.Ok : ErrorCode.Warnings);
    }
}
