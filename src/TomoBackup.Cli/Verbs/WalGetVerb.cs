using TomoBackup.Archiving;
using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>wal get</c>: PostgreSQL's restore_command.</summary>
static class WalGetVerb
{
    internal const string DefaultRecovery = "pg_wal/tomo-backup";

    sealed record Options(string? Recovery, string? Until, bool Standby, string Name, string Path);

    public static VerbCommand Create()
    {
        var name = Symbols.Word("NAME", "the file that is wanted, as PostgreSQL names it with %f");
        var path = Symbols.Word("PATH", "where to put it, as PostgreSQL names it with %p");

        var recovery = Symbols.Text("--recovery", "DIR", "what 'restore' prepared; a folder in the data directory");

        var until = Symbols.Text("--until", "SEGMENT", "without a prepared restore: answer 1 behind this segment");
        var standby = Symbols.Flag(
            "--standby", "without a prepared restore: answer 1 where the archive is out of reach");

        return new VerbCommand("get", "Fetch one WAL segment or history file (restore_command)")
        {
            Section = VerbSection.Recover,
            Details = """
                Delivers only bytes that were verified. PostgreSQL takes 1 for the end of the
                archive and would end recovery there, so 1 is said only where it is known;
                everything else is 255. A restore prepares what is needed and writes the
                command. Without it, for a standby, policy and recovery identity are read,
                and 1 means: behind the last segment that is archived.
                """,
            ExitRule = ExitRule.WalGet,
            Arguments = { name, path },
            Options = { recovery, until, standby },
            Examples =
            [
                new("wal get %f %p", "restore_command = 'tomo-backup wal get %f %p'"),
                new("wal get --standby %f %p", "on a standby, which goes on by streaming while the archive is away"),
            ],
            Exits =
            [
                new(0, "the file was verified and delivered"),
                new(1, "there is no such file in the archive, or it lies beyond what this restore planned"),
                new(255, "anything else, a wrong command line included: recovery must stop"),
            ],
            Run = (parsed, context, cancellationToken) => RunAsync(
                new Options(
                    parsed.GetValue(recovery),
                    parsed.GetValue(until),
                    parsed.GetValue(standby),
                    parsed.GetRequiredValue(name),
                    parsed.GetRequiredValue(path)),
                context,
                cancellationToken),
        };
    }

    static async Task<int> RunAsync(Options options, VerbContext context, CancellationToken cancellationToken)
    {
        var folder = context.Absolute(options.Recovery ?? DefaultRecovery);
        var path = context.Absolute(options.Path);

        if (options.Recovery is null && !ClusterDoor.IsRecoveryPrepared(context.Files, folder))
            return await context.Door(Silent.Instance)
                .GetUnplannedAsync(
                    new UnplannedGetOptions { Until = options.Until, Standby = options.Standby },
                    options.Name,
                    path,
                    cancellationToken).ConfigureAwait(false) ? 0 : 1;

        var answer = await ClusterDoor.GetAsync(
            context.Environment(Silent.Instance), folder, options.Name, path, cancellationToken).ConfigureAwait(false);

        if (answer.StartAhead)
            context.StartAhead(["wal", "get-ahead", "--recovery", folder, options.Name]);

        return answer.Delivered ? 0 : 1;
    }
}
