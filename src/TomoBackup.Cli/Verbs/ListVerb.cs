using TomoBackup.Cli.Output;
using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>list</c>: the backups of a repository.</summary>
static class ListVerb
{
    public static VerbCommand Create()
    {
        var symbols = new KeySymbols();

        return new VerbCommand("list", "List the backups, newest last")
        {
            Section = VerbSection.Look,
            Details = """
                Reads public heads only, so it needs no recovery key: only a signing key to
                trust, which this host, an identity file or --signing-key names.
                """,
            Examples = [new("list", "all backups"), new("list --cluster main --json", "for a script")],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.RepositoryDamaged, ErrorCode.NotFound, ErrorCode.Unavailable),
            Options = { symbols.Repository, symbols.Identity, symbols.SigningKey },
            Run = (parsed, context, cancellationToken) => RunAsync(
                parsed.GetValue(symbols.Repository), symbols.Read(parsed, context), context, cancellationToken),
        };
    }

    static async Task<int> RunAsync(
        string? repository, KeyOptions keys, VerbContext context, CancellationToken cancellationToken)
    {
        var (catalog, holds) = await context.Door(Silent.Instance).ListAsync(repository, keys, cancellationToken)
            .ConfigureAwait(false);

        BackupText.Show(catalog, holds, context.Time.GetUtcNow(), context.Report);
        return (int)(catalog.Problems.Count == 0 ? ErrorCode.Ok : ErrorCode.RepositoryDamaged);
    }
}
