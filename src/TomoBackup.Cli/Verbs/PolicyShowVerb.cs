using TomoBackup.Cli.Output;
using TomoBackup.Policies;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>policy show</c>: what holds, and what set it.</summary>
static class PolicyShowVerb
{
    const string StatePath = "state_directory";

    public static VerbCommand Create()
        => new("show", "Show each value that holds, and the line or default that set it")
        {
            Section = VerbSection.SetUp,
            Details = """
                In round brackets stands what it means that nothing is set. Secrets do not
                occur: the policy says only where they are read.
                """,
            Examples =
            [
                new("policy show", "what holds on this host"),
                new("policy show --json", "the same for a script"),
            ],
            Exits = ExitMeaning.With(),
            Run = (_, context, _) => Task.FromResult(Run(context)),
        };

    static int Run(VerbContext context)
    {
        var settings = PolicyFile.LoadSettings(context.PolicyPath, context.Files)
            .Select(setting => setting is { Path: StatePath, Value: null }
                ? setting with { Value = context.StateDirectory(), Absent = null }
                : setting);

        PolicyText.Show(context.PolicyPath, [.. settings], context.Report);
        return (int)ErrorCode.Ok;
    }
}
