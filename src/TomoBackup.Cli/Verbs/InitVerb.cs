using TomoBackup.Cli.Output;
using TomoBackup.Operations;
using TomoBackup.Setup;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>init</c>: makes a repository, its keys and this host's identity.</summary>
static class InitVerb
{
    public static VerbCommand Create()
    {
        var identities = Symbols.Texts(
            "--identity", "FILE",
            "a recovery key to try once; needed where the policy names recipients made elsewhere");

        return new VerbCommand("init", "Make the repository, its keys and this host's identity")
        {
            Section = VerbSection.SetUp,
            Details = """
                Makes what is missing and leaves alone what is there, so it can be run again.
                Where the policy names no recipients, it makes two age identities: one for
                operation and one for escrow, to be printed and locked away. The least that a
                policy needs:

                  version: 1
                  clusters:
                    main: { connection: host=/var/run/postgresql user=tomo_backup dbname=postgres }
                  repositories:
                    local: { store: "file:///backup" }
                """,
            Examples = [new("init", "with the policy in /etc/tomo-backup/policy.yaml")],
            Exits = ExitMeaning.With(
                ErrorCode.KeyMissingOrWrong, ErrorCode.Refused, ErrorCode.Unavailable, ErrorCode.CannotWrite),
            Options = { identities },
            Run = (parsed, context, cancellationToken)
                => RunAsync(parsed.GetValue(identities) ?? [], context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(string[] identities, VerbContext context, CancellationToken cancellationToken)
    {
        var keys = new KeyOptions { IdentityFiles = [.. identities.Select(context.Absolute)] };
        InitReport report;

        using (var progress = context.StartProgress())
            report = await context.Door(progress).InitAsync(keys, cancellationToken).ConfigureAwait(false);

        InitText.Show(report, context.Report);
        return (int)ErrorCode.Ok;
    }
}
