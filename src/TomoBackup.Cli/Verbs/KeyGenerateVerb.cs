using TomoBackup.Cli.Output;
using TomoBackup.Operations;

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
                only way to read what is encrypted to it: keep a copy away from this host. Needs
                no policy; where there is one, the file also names this host's signing key.
                """,
            Arguments = { file },
            Examples = [new("key generate /root/escrow.key", "make the key for the sealed envelope")],
            Exits = ExitMeaning.Of(
                ErrorCode.Ok, ErrorCode.Defect, ErrorCode.Refused, ErrorCode.Usage, ErrorCode.CannotWrite),
            Run = (parsed, context, _)
                => Task.FromResult(Run(new Options(parsed.GetRequiredValue(file)), context)),
        };
    }

    static int Run(Options options, VerbContext context)
    {
        var path = context.Absolute(options.File);
        var recipient = ClusterDoor.GenerateKey(context.Environment(Silent.Instance), path, StateOf(context));

        KeyText.ShowGenerated(path, recipient, context.Report);
        return (int)ErrorCode.Ok;
    }

    static string? StateOf(VerbContext context)
    {
        try
        {
            return context.StateDirectory();
        }
        catch (TomoBackupException e) when (e.Code == ErrorCode.Policy)
        {
            return null;
        }
    }
}
