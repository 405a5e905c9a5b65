using TomoBackup.Cli.Output;
using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>list</c>: the backups of a repository.</summary>
static class ListVerb
{
    public static VerbCommand Create()
    {
        var symbols = new KeySymbols();
        var store = new StoreSymbols();

        return new VerbCommand("list", "List the backups, newest last")
        {
            Section = VerbSection.Look,
            Details = """
                Reads public heads only, so it needs no recovery key: only a signing key to
                trust, which this host, an identity file or --signing-key names.
                """,
            Examples = [new("list", "all backups"), new("list --cluster main --json", "for a script"),
                new("list --from sftp://me@nas.example.org/main --identity escrow.key", "with nothing else")],
            Exits = ExitMeaning.With(
                ErrorCode.RepositoryMissing, ErrorCode.RepositoryDamaged, ErrorCode.NotFound, ErrorCode.Unavailable),
            Options = { symbols.Repository, symbols.Identity, symbols.SigningKey },
            Validators = { store.Check },
            Run = async (parsed, context, cancellationToken) => await RunAsync(
                await context.DoorAsync(store.Read(parsed, context), Silent.Instance, cancellationToken)
                    .ConfigureAwait(false),
                parsed.GetValue(symbols.Repository), symbols.Read(parsed, context), context, cancellationToken)
                .ConfigureAwait(false),
        }.With(store.All);
    }

    static async Task<int> RunAsync(
        ClusterDoor door,
        string? repository,
        KeyOptions keys,
        VerbContext context,
        CancellationToken cancellationToken)
    {
        var (catalog, holds) = await door.ListAsync(repository, keys, cancellationToken).ConfigureAwait(false);

        BackupText.Show(catalog, holds, context.Time.GetUtcNow(), context.Report);
        return (int)(catalog.Problems.Count == 0 ? ErrorCode.Ok : ErrorCode.RepositoryDamaged);
    }
}
