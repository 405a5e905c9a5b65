using System.Globalization;
using TomoBackup.Cli.Demo;
using TomoBackup.Cli.Output.Json;
using TomoBackup.Storage;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>demo</c>: the whole story on a throw-away cluster.</summary>
static class DemoVerb
{
    public static VerbCommand Create()
    {
        var symbols = new DemoSymbols();

        return new VerbCommand("demo", "Back up, destroy and recover a throw-away cluster, and prove what came back")
        {
            Section = VerbSection.SetUp,
            Details = """
                Needs PostgreSQL 18 with pgvector and Apache AGE on this machine, and no policy.
                Makes a cluster with real data, backs it up while writers commit, notes a moment
                between two commits, deletes the data directory, restores to that moment, and
                compares rows, graph and nearest neighbours with what was noted. The last line
                begins with PROVEN only when nothing is missing and nothing is extra.
                """,
            Examples =
            [
                new("demo", "see it work in a minute"),
                new("demo --damage", "see the proof fail on a spoiled backup"),
            ],
            Exits = ExitMeaning.Of(
                ErrorCode.Ok, ErrorCode.Defect, ErrorCode.RepositoryDamaged, ErrorCode.NotFound, ErrorCode.Refused,
                ErrorCode.RecoveryFailed, ErrorCode.Usage, ErrorCode.Unavailable, ErrorCode.CannotWrite,
                ErrorCode.TryAgain, ErrorCode.Interrupted, ErrorCode.Terminated),
            Run = (parsed, context, cancellationToken) => RunAsync(symbols.Read(parsed), context, cancellationToken),
        }.With(symbols.All);
    }

    static async Task<int> RunAsync(DemoOptions options, VerbContext context, CancellationToken cancellationToken)
    {
        var folder = MakeFolder(context);

        try
        {
            DemoProof proof;

            using (var progress = context.StartProgress())
                proof = await new DemoRun(options, folder, context, progress).RunAsync(cancellationToken)
                    .ConfigureAwait(false);

            if (context.Report.IsJson)
                context.Report.Answer(proof.ToDocument(), ReportJson.Plain.DemoDocument);
            else
                context.Report.Say(proof.ToString());

            return (int)ErrorCode.Ok;
        }
        finally
        {
            if (options.Keep)
                context.Report.Note($"kept '{folder}'");
            else
                context.Files.DeleteTree(folder);
        }
    }

    /// <summary>Below the working directory, with a short name: a socket's path may have 107 bytes.</summary>
    static string MakeFolder(VerbContext context)
    {
        Span<byte> random = stackalloc byte[3];
        context.Entropy.Fill(random);
        var folder = context.Absolute(string.Create(
            CultureInfo.InvariantCulture, $"demo-{Convert.ToHexStringLower(random)}"));
        context.Files.CreateDirectories(
            folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }
}
