namespace TomoBackup.Cli.Verbs;

/// <summary><c>init</c>: makes a repository, its keys and this host's identity.</summary>
static class InitVerb
{
    public static VerbCommand Create()
        => new("init", "Make the repository, its keys and this host's identity")
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
            Run = (_, context, cancellationToken) => RunAsync(context, cancellationToken),
        };

    static Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => throw NotBuilt.Yet("init");
}
