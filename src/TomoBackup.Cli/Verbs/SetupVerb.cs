using TomoBackup.Cli.Output;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>setup</c>: role, grants and archive settings on the server.</summary>
static class SetupVerb
{
    const string DefaultSuperuser = "postgres";

    sealed record Options(bool Apply, string Superuser);

    public static VerbCommand Create()
    {
        var apply = Symbols.Flag("--apply", "run the statements instead of showing them");
        var superuser = Symbols.Text(
            "--superuser", "NAME", $"the role that may change the server; '{DefaultSuperuser}' otherwise");

        return new VerbCommand("setup", "Prepare the server: role, grants and archive settings")
        {
            Section = VerbSection.SetUp,
            Details = """
                Shows the SQL that is missing and changes nothing, unless --apply is given. The
                output can be fed to psql. Looks through the policy's role where it exists, else
                through the superuser on the same host and port. Some settings need a restart
                of the server, which is left to you. Ends with 2 where something is missing.
                """,
            Options = { apply, superuser },
            Examples =
            [
                new("setup", "see what would be changed"),
                new("setup --apply", "change it, as the operating system's user postgres"),
            ],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.NotFound, ErrorCode.Refused, ErrorCode.Unavailable),
            Run = (parsed, context, cancellationToken) => RunAsync(
                new Options(parsed.GetValue(apply), parsed.GetValue(superuser) ?? DefaultSuperuser),
                context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
    {
        var report = await context.Door(Silent.Instance)
            .SetUpAsync(context.PolicyPath, options.Superuser, options.Apply, cancellationToken).ConfigureAwait(false);

        SetupText.Show(report, context.Report);
        var isDone = (report.Applied || report.Plan.Steps.Count == 0)
            && report.AwaitRestart.Count == 0 && report.Refusal is null;
        return (int)(isDone ? ErrorCode.Ok : ErrorCode.Warnings);
    }
}
