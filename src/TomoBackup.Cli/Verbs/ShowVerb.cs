using TomoBackup.Cli.Output;
using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>show</c>: everything about one backup.</summary>
static class ShowVerb
{
    public static VerbCommand Create()
    {
        var backup = Symbols.Word("ID", "the backup: its id, the unique beginning of one, or 'latest'");

        var symbols = new KeySymbols();

        return new VerbCommand("show", "Show everything about one backup")
        {
            Section = VerbSection.Look,
            Arguments = { backup },
            Examples = [new("show latest", "the newest backup: state, sizes, WAL range, damaged pages")],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.RepositoryDamaged, ErrorCode.NotFound, ErrorCode.Unavailable),
            Options = { symbols.Repository, symbols.Identity, symbols.SigningKey },
            Run = (parsed, context, cancellationToken) => RunAsync(
                parsed.GetRequiredValue(backup), parsed.GetValue(symbols.Repository), symbols.Read(parsed, context),
                context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(
        string id, string? repository, KeyOptions keys, VerbContext context, CancellationToken cancellationToken)
    {
        var (manifest, cluster, holds) = await context.Door(Silent.Instance)
            .ShowAsync(id, repository, keys, cancellationToken).ConfigureAwait(false);

        BackupText.Show(manifest, cluster, holds, context.Report);
        return (int)ErrorCode.Ok;
    }
}
