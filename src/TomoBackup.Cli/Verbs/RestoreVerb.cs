using TomoBackup.Cli.Output;
using System.CommandLine;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>restore</c>: puts files back and prepares recovery to a moment.</summary>
static class RestoreVerb
{
    public static VerbCommand Create()
    {
        var symbols = new RestoreSymbols();

        return new VerbCommand("restore", "Restore a cluster, to the end of its WAL or to a moment")
        {
            Section = VerbSection.Recover,
            Details = """
                Plans first, and refuses before a byte is copied where the moment cannot be
                reached; the message then names the nearest one that can. One target is given,
                or --backup alone, which means its end (--immediate). Times without a zone are
                read as UTC and printed back. A directory that is not empty, in use or of
                another cluster is refused; --in-place moves the old directory aside and
                archives what it still holds of WAL.
                """,
            Validators = { symbols.Check },
            Examples =
            [
                new("restore --latest --into /srv/restored --plan", "see what would be done"),
                new("restore --to-time '2026-11-22 14:03' --in-place --start", "undo what happened at 14:03 UTC"),
                new("restore --backup 20261122-0200 --into /srv/restored", "the state at the end of one backup"),
                new(
                    "restore --from file:///mnt/backup --identity escrow.key --cluster main --latest --into /srv/new",
                    "on a new machine, without a policy"),
            ],
            Exits = ExitMeaning.With(
                ErrorCode.Warnings, ErrorCode.Damaged, ErrorCode.RepositoryMissing, ErrorCode.Locked,
                ErrorCode.KeyMissingOrWrong, ErrorCode.RepositoryDamaged, ErrorCode.WalConflict, ErrorCode.NotFound,
                ErrorCode.TargetUnreachable, ErrorCode.Refused, ErrorCode.RecoveryFailed, ErrorCode.Unavailable,
                ErrorCode.CannotWrite, ErrorCode.Interrupted, ErrorCode.Terminated),
            Run = (parsed, context, cancellationToken) => RunAsync(symbols, parsed, context, cancellationToken),
        }.With(symbols.All);
    }

    static async Task<int> RunAsync(
        RestoreSymbols symbols, ParseResult parsed, VerbContext context, CancellationToken cancellationToken)
    {
        using var progress = context.StartProgress();
        var door = await context.DoorAsync(symbols.Store(parsed, context), progress, cancellationToken)
            .ConfigureAwait(false);
        var directory = symbols.Into(parsed) is { } into ? context.Absolute(into) : context.DataDirectory();
        var options = symbols.Read(parsed, directory);
        var keys = symbols.Keys(parsed, context.Absolute);
        var repository = symbols.Repository(parsed);

        if (symbols.IsPlanOnly(parsed))
        {
            RestoreText.Show(
                await door.PlanRestoreAsync(options, repository, keys, cancellationToken).ConfigureAwait(false),
                options, context.Report);
            return (int)ErrorCode.Ok;
        }

        var report = await door.RestoreAsync(
            options, repository, keys, plan => RestoreText.Announce(plan, options, context.Report), cancellationToken)
            .ConfigureAwait(false);
        RestoreText.Show(report, options, context.Report);
        return (int)ErrorCode.Ok;
    }
}
