using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary>
/// <c>wal push-ahead</c> and <c>wal get-ahead</c>: what <c>wal push</c> and <c>wal get</c> start and do not wait for.
/// Hidden, for nobody else has a use for them; their names are for those who read a list of processes.
/// </summary>
static class WalAheadVerbs
{
    public static IReadOnlyList<VerbCommand> Create() => [Push(), Get()];

    static VerbCommand Push()
    {
        var path = Symbols.Word("PATH", "the file that PostgreSQL asked for last");

        return new VerbCommand("push-ahead", "Archive what waits behind a file")
        {
            Hidden = true,
            ExitRule = ExitRule.WalPush,
            Arguments = { path },
            Run = async (parsed, context, cancellationToken) =>
            {
                await context.Door(Silent.Instance)
                    .PushAheadAsync(context.Absolute(parsed.GetRequiredValue(path)), cancellationToken)
                    .ConfigureAwait(false);
                return (int)ErrorCode.Ok;
            },
        };
    }

    static VerbCommand Get()
    {
        var name = Symbols.Word("NAME", "the segment that PostgreSQL asked for last");
        var recovery = Symbols.Text("--recovery", "DIR", "what 'restore' prepared");

        return new VerbCommand("get-ahead", "Fetch what recovery will ask for behind a segment")
        {
            Hidden = true,
            ExitRule = ExitRule.WalGet,
            Arguments = { name },
            Options = { recovery },
            Run = async (parsed, context, cancellationToken) =>
            {
                await ClusterDoor.GetAheadAsync(
                    context.Environment(Silent.Instance),
                    context.Absolute(parsed.GetValue(recovery) ?? WalGetVerb.DefaultRecovery),
                    parsed.GetRequiredValue(name),
                    cancellationToken).ConfigureAwait(false);
                return (int)ErrorCode.Ok;
            },
        };
    }
}
