using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>Backups are there, on time, whole and of a likely size. Pure.</summary>
static class BackupPromises
{
    /// <summary>Below this share of the one before somebody must look, where the policy's alert on backup size does not
    /// say.</summary>
    const int UsualLeast = 80;

    /// <summary>A backup that is due has at least this long to be taken before it is missed.</summary>
    static readonly TimeSpan LeastGrace = TimeSpan.FromMinutes(30);

    const string TakeFull = "Run 'tomo-backup backup --full'.";

    /// <summary>Schedules for the cluster, the rest for each repository.</summary>
    public static IEnumerable<PromiseVerdict> Of(PromiseSheet sheet)
    {
        foreach (var repository in sheet.Repositories)
        {
            yield return Good(sheet, repository.Name);
            yield return Undamaged(sheet, repository.Name);
        }

        // Backups are written to the repositories that follow no other; who follows is judged by what it holds.
        foreach (var repository in sheet.Repositories.Where(r => r.Follows is null).Take(1))
        {
            if (sheet.Cluster.Full is { } full)
                yield return OnTime(
                    sheet, repository.Name, new Rhythm("full", full, "--full"), Measures.NewestFullBegan);

            if (sheet.Cluster.Incremental is { } incremental)
                yield return OnTime(
                    sheet, repository.Name, new Rhythm("incremental", incremental, "--incremental"),
                    Measures.NewestBackupBegan);

            if (sheet.Cluster is { Incremental: not null, Audit: { } audit })
                yield return OnTime(
                    sheet, repository.Name, new Rhythm("audited", audit, "--incremental --audit"),
                    Measures.NewestAuditBegan);
        }

        foreach (var repository in sheet.Repositories)
            yield return Size(sheet, repository.Name);
    }

    static PromiseVerdict Good(PromiseSheet sheet, string repository)
    {
        var value = sheet.Values[Measures.NewestBackupEnded, repository];
        var verdict = PromiseSheet.Judge(
            "good_backup", "a good backup", value,
            ended => new Judgement(
                Verdict.Held,
                $"{Readable.Age(ended.Moment!.Value, sheet.Now)}, "
                    + Readable.Size((long)sheet.Values[Measures.NewestBackupHolds, repository].Number!.Value)),
            TakeFull);

        // The repository was read, and there is none.
        return value.State == MeasureState.NotMeasured && sheet.Values[Measures.GoodBackups, repository].IsKnown
            ? verdict with { Verdict = Verdict.Missed, Measured = "there is none" }
            : verdict;
    }

    static PromiseVerdict Undamaged(PromiseSheet sheet, string repository)
        => PromiseSheet.Judge(
            "undamaged_source", "no damaged pages", sheet.Values[Measures.DamagedBackups, repository],
            damaged =>
            {
                var since = sheet.Values[Measures.DamagedSinceGood, repository].Number;
                var unreadable = sheet.Values[Measures.UnreadableManifests, repository].Number;

                return unreadable > 0
                    ? new Judgement(
                        Verdict.Missed, $"{unreadable:0} manifests that are none",
                        "something that should be a manifest cannot be believed",
                        "Run 'tomo-backup verify': it says what that costs.", Limit: 0)
                    : since > 0
                    ? new Judgement(
                        Verdict.Missed, $"damaged: the last {Backups(since)}",
                        "pages of the data directory fail their checksum",
                        "Run 'tomo-backup show latest': it names the files. Restore them from before, or repair them.",
                        Limit: 0)
                    : damaged.Number > 0
                    ? new Judgement(
                        Verdict.AtRisk, $"{Backups(damaged.Number)} damaged, newer ones good", Limit: 0,
                        Next: "Run 'tomo-backup list': it shows which.")
                    : new Judgement(Verdict.Held, "none in any backup", Limit: 0);
            });

    static PromiseVerdict OnTime(PromiseSheet sheet, string repository, Rhythm rhythm, Measure began)
    {
        var promise = PromiseSheet.Judge(
            $"{rhythm.Kind}_on_time", $"{rhythm.Kind} at {rhythm.Schedule}", sheet.Values[began, repository],
            last => Judge(sheet, repository, rhythm, last.Moment!.Value),
            $"Run 'tomo-backup backup {rhythm.Options}'.");

        return promise.Verdict == Verdict.NotMeasured && sheet.Values[Measures.GoodBackups, repository].IsKnown
            ? promise with { Verdict = Verdict.Missed, Measured = $"there is no {rhythm.Kind} backup" }
            : promise;
    }

    static Judgement Judge(PromiseSheet sheet, string repository, Rhythm rhythm, DateTimeOffset last)
    {
        var took = sheet.Values[Measures.NewestBackupTook, repository].Span ?? TimeSpan.Zero;
        var grace = took * 2 > LeastGrace ? took * 2 : LeastGrace;
        var age = Readable.Age(last, sheet.Now);

        if (rhythm.Schedule.Previous(sheet.Now - grace) is { } due && last < due)
            return new Judgement(
                Verdict.Missed, $"last {age}, due {Readable.Age(due, sheet.Now)}",
                $"nothing good was begun since {Readable.Time(due)}",
                $"Run 'tomo-backup backup {rhythm.Options}', and look why the schedule did not.");

        return rhythm.Schedule.Previous(sheet.Now) is { } now && last < now
            ? new Judgement(Verdict.Held, $"last {age}, due since {Readable.Span(sheet.Now - now)}")
            : new Judgement(
                Verdict.Held,
                $"last {age}"
                    + (rhythm.Schedule.Next(sheet.Now) is { } next ? $", next {Readable.Age(next, sheet.Now)}" : ""));
    }

    static PromiseVerdict Size(PromiseSheet sheet, string repository)
    {
        var value = sheet.Values[Measures.SizeAgainstPrevious, repository];
        var least = sheet.Policy.Alerts.BackupBelow ?? UsualLeast;
        var verdict = PromiseSheet.Judge(
            "backup_size", $"size at least {least} % of last", value,
            size => size.Number < least
                ? new Judgement(
                    Verdict.Missed, $"{size.Number:0.#} %",
                    "the cluster holds far less than it did: was something dropped or lost?",
                    "Compare 'tomo-backup show' of the last two; hold the older one if in doubt.", least)
                : new Judgement(Verdict.Held, $"{size.Number:0.#} %", Limit: least),
            TakeFull);

        // With one backup of a kind none can be smaller than the one before.
        return value.State == MeasureState.NotMeasured && sheet.Values[Measures.NewestBackup, repository].IsKnown
            ? verdict with { Verdict = Verdict.Held, Measured = "only one so far", Next = null }
            : verdict;
    }

    static string Backups(double? count) => count is 1 ? "backup" : $"{count:0} backups";

    /// <summary>A kind of backup, when it is due, and how it is asked for by hand.</summary>
    sealed record Rhythm(string Kind, Schedule Schedule, string Options);
}
