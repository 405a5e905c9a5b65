using TomoBackup.Cli.Output;
using TomoBackup.Measurements;
using TomoBackup.Operations;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>windows</c>: which moments can be brought back.</summary>
static class WindowsVerb
{
    public static VerbCommand Create()
    {
        var symbols = new KeySymbols();
        var store = new StoreSymbols();
        var repository = Symbols.Text(
            "--repository", "NAME", "the policy's repository to look into; all of them otherwise");

        return new VerbCommand("windows", "Draw which moments can be recovered, and the gaps between them")
        {
            Section = VerbSection.Look,
            Details = """
                One line for each timeline, in UTC: backups are marks on it, and what cannot be
                reached is left out and named. Needs no recovery key; where one is at hand, it
                reads where timelines forked instead of telling it by the names of segments.
                Ends with 2 where there is a gap, nothing to recover, or no answer.
                """,
            Options = { repository, symbols.Identity, symbols.SigningKey },
            Validators = { store.Check },
            Examples =
            [
                new("windows", "all repositories"),
                new("windows --repository offsite --json", "one of them, for a script"),
            ],
            Exits = ExitMeaning.With(ErrorCode.Warnings, ErrorCode.NotFound),
            Run = async (parsed, context, cancellationToken) => await RunAsync(
                store.Read(parsed, context) is { } place
                    ? [await context.DoorAsync(place, Silent.Instance, cancellationToken).ConfigureAwait(false)]
                    : context.Doors(Silent.Instance),
                parsed.GetValue(repository), symbols.Read(parsed, context), context, cancellationToken)
                .ConfigureAwait(false),
        }.With(store.All);
    }

    static async Task<int> RunAsync(
        IEnumerable<ClusterDoor> doors,
        string? repository,
        KeyOptions keys,
        VerbContext context,
        CancellationToken cancellationToken)
    {
        var clusters = new List<ClusterWindows>();

        foreach (var door in doors)
            clusters.Add(await door.WindowsAsync(repository, keys, cancellationToken).ConfigureAwait(false));

        var exit = clusters.SelectMany(c => c.Repositories).All(IsWhole) ? ErrorCode.Ok : ErrorCode.Warnings;
        WindowsText.Show(clusters, exit, Glyphs.Of(context.Variable), context.Report);
        return (int)exit;
    }

    static bool IsWhole(RepositoryWindows windows)
        => windows.Map.Seen is { Latest: not null } map && map.Lines.All(line => line.Gaps.Count == 0);
}
