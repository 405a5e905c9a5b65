using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>WAL leaves the server, and arrives everywhere. Pure.</summary>
static class ArchivePromises
{
    /// <summary>How long a WAL file may wait where the policy's alert on WAL lag does not say.</summary>
    static readonly Duration UsualLag = new(10, DurationUnit.Minutes);

    /// <summary>The archiver tries again within a minute (PGARCH_AUTOWAKE_INTERVAL in pgarch.c): what waits longer than
    /// two tries is worth a look.</summary>
    static readonly TimeSpan RiskyLag = TimeSpan.FromMinutes(2);

    /// <summary>Archiving, and for each repository: it answers, no conflict, and following in time.</summary>
    public static IEnumerable<PromiseVerdict> Of(PromiseSheet sheet)
    {
        foreach (var repository in sheet.Repositories)
            yield return Answers(sheet, repository);

        yield return ServerAnswers(sheet);
        yield return Archiving(sheet);

        // What follows another repository gets its WAL from there, later.
        foreach (var repository in sheet.Repositories.Where(r => r.Follows is null))
            yield return Arrives(sheet, repository.Name);

        foreach (var repository in sheet.Repositories)
            yield return Conflicts(sheet, repository.Name);

        if (sheet.Cluster.Wal.OffsiteWithin is { } within)
            foreach (var repository in sheet.Repositories.Where(r => r.Follows is not null))
                yield return Following(sheet, repository, within);
    }

    /// <summary>What to do where WAL does not leave the server.</summary>
    public static string LookIntoArchiving(PromiseSheet sheet)
        => sheet.Values[Measures.ArchiveFailing].Text is not (null or "no")
            ? "Read the server's log for what archive_command said, then run 'tomo-backup check'."
            : "Run 'tomo-backup check': it sends a segment all the way and says where it stops.";

    static PromiseVerdict Answers(PromiseSheet sheet, RepositoryPolicy repository)
    {
        var value = sheet.Values[Measures.RepositoryReadable, repository.Name];
        var verdict = PromiseSheet.Judge(
            "repository", "repository can be read", value,
            _ => new Judgement(Verdict.Held, repository.Store.ToString()),
            "Run 'tomo-backup init'.");

        return value.State == MeasureState.CouldNotMeasure ? verdict with { Verdict = Verdict.Missed } : verdict;
    }

    static PromiseVerdict ServerAnswers(PromiseSheet sheet)
    {
        var value = sheet.Values[Measures.ServerVersion];
        var verdict = PromiseSheet.Judge(
            "server", "server can be asked", value,
            version => new Judgement(Verdict.Held, $"PostgreSQL {version.Text!.Split(' ')[0]}"));

        return value.State == MeasureState.CouldNotMeasure ? verdict with { Verdict = Verdict.Missed } : verdict;
    }

    static PromiseVerdict Archiving(PromiseSheet sheet)
    {
        var allowed = sheet.Policy.Alerts.WalOlderThan ?? UsualLag;
        var longest = allowed.After(sheet.Now) - sheet.Now;

        return PromiseSheet.Judge(
            "archiving", $"WAL leaves within {allowed}", sheet.Values[Measures.WalLag],
            lag =>
            {
                var failing = sheet.Values[Measures.ArchiveFailing];
                var waiting = sheet.Values[Measures.WalWaiting].Number;
                var isFailing = failing.Text is not (null or "no");

                if (sheet.Values[Measures.ArchiveMode].Text is "off")
                    return new Judgement(
                        Verdict.Missed, "archive_mode is off", "no WAL leaves the server at all",
                        "Run 'tomo-backup setup': it shows how to switch it on.", longest.TotalSeconds);

                var verdict = isFailing || lag.Span > longest ? Verdict.Missed
                    : lag.Span > RiskyLag ? Verdict.AtRisk
                    : Verdict.Held;

                return new Judgement(
                    verdict,
                    waiting is 0 ? "nothing waits"
                        : $"{Files(waiting)}, oldest {Readable.Span(lag.Span!.Value)}",
                    isFailing ? $"archive_command fails: {failing.Text} could not be archived" : null,
                    verdict == Verdict.Held ? null : LookIntoArchiving(sheet),
                    longest.TotalSeconds);
            },
            "Run 'tomo-backup check'.");
    }

    static PromiseVerdict Arrives(PromiseSheet sheet, string repository)
        => PromiseSheet.Judge(
            "archive_arrives", "archived WAL arrives", sheet.Values[Measures.ArchivedIsHere, repository],
            here => here.Text is "yes"
                ? new Judgement(
                    Verdict.Held,
                    sheet.Values[Measures.LastWalArrived, repository].Moment is { } arrived
                        ? $"last {Readable.Age(arrived, sheet.Now)}"
                        : "yes")
                : new Judgement(
                    Verdict.Missed, "the last one is not here",
                    "the server says that it archived it: archive_command leads elsewhere, or did before 'init'",
                    "Run 'tomo-backup setup' to see the right command, then 'tomo-backup check'."),
            "Run 'tomo-backup check': it sends a segment all the way.");

    static PromiseVerdict Conflicts(PromiseSheet sheet, string repository)
        => PromiseSheet.Judge(
            "wal_conflicts", "one content per WAL file", sheet.Values[Measures.WalConflicts, repository],
            count => count.Number is 0
                ? new Judgement(Verdict.Held, "no conflict", Limit: 0)
                : new Judgement(
                    Verdict.Missed, $"{count.Number:0} WAL files twice",
                    "two servers archived under one identity: a person has to say which one is true",
                    "Stop the server that should not archive, then run 'tomo-backup verify'.", Limit: 0));

    static PromiseVerdict Following(PromiseSheet sheet, RepositoryPolicy repository, Duration within)
        => PromiseSheet.Judge(
            "offsite_within", $"WAL follows within {within}", sheet.Values[Measures.FollowLag, repository.Name],
            lag =>
            {
                var limit = within.After(sheet.Now) - sheet.Now;
                var verdict = lag.Span > limit ? Verdict.Missed : Verdict.Held;

                return new Judgement(
                    verdict,
                    lag.Number is 0
                        ? $"has all that '{repository.Follows}' has"
                        : $"{Readable.Span(lag.Span!.Value)} behind"
                            + (sheet.Values[Measures.FollowLagBytes, repository.Name].Number is { } bytes
                                ? $", {Readable.Size((long)bytes)}"
                                : ""),
                    null,
                    verdict == Verdict.Held
                        ? null
                        : $"Look why '{repository.Name}' does not follow '{repository.Follows}'.",
                    limit.TotalSeconds);
            });

    static string Files(double? count) => count is 1 ? "1 file waits" : $"{count:0} files wait";
}
