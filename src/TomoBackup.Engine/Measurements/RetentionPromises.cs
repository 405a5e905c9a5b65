using System.Globalization;
using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>What is kept reaches back as far as is promised. Pure.</summary>
static class RetentionPromises
{
    const string TakeFull = "Run 'tomo-backup backup --full'.";

    /// <summary>The window of moments, and the backups, for each repository.</summary>
    public static IEnumerable<PromiseVerdict> Of(PromiseSheet sheet)
    {
        foreach (var repository in sheet.Repositories)
            yield return Window(
                sheet, repository.Name, sheet.Policy.Retention.Wal.GetValueOrDefault(repository.Name)?.Age);

        foreach (var repository in sheet.Repositories)
            if (sheet.Policy.Retention.Backup.GetValueOrDefault(repository.Name) is { } rule)
                foreach (var kept in Backups(sheet, repository.Name, rule))
                    yield return kept;
    }

    static PromiseVerdict Window(PromiseSheet sheet, string repository, Duration? age)
    {
        var value = sheet.Values[Measures.UnbrokenSince, repository];
        var verdict = PromiseSheet.Judge(
            "window", age is { } window ? $"any moment of {window}" : "no gap since the first backup", value,
            since => JudgeWindow(sheet, repository, age, since.Moment!.Value), TakeFull);

        return value.State == MeasureState.NotMeasured && sheet.Values[Measures.GoodBackups, repository].IsKnown
            ? verdict with { Verdict = Verdict.Missed, Measured = "no moment can be recovered" }
            : verdict;
    }

    static Judgement JudgeWindow(PromiseSheet sheet, string repository, Duration? age, DateTimeOffset since)
    {
        var gaps = sheet.Values[Measures.Gaps, repository].Number;
        var until = sheet.Values[Measures.NewestGapUntil, repository].Moment;
        var edge = age?.Before(sheet.Now);
        var limit = edge is { } begin ? (sheet.Now - begin).TotalSeconds : (double?)null;
        var measured = $"unbroken since {Day(since)}";

        if (gaps > 0 && (until is null || edge is null || until > edge))
            return new Judgement(
                Verdict.Missed,
                $"{gaps:0} {(gaps is 1 ? "gap" : "gaps")} in it",
                $"WAL {sheet.Values[Measures.NewestGap, repository].Text} is lost; "
                    + (until is { } again
                        ? $"from {Readable.Time(again)} on moments can be recovered again"
                        : "nothing after it can be recovered"),
                until is null
                    ? $"{TakeFull[..^1]} now: it begins a new stretch. 'tomo-backup windows' draws the gap."
                    : "Run 'tomo-backup windows': it draws the gap. Look for these files in other repositories.",
                limit);

        return edge is null || since <= edge
            ? new Judgement(Verdict.Held, measured, Limit: limit)
            : new Judgement(
                Verdict.AtRisk, measured, $"it has grown for {Readable.Span(sheet.Now - since)} of {age}",
                Limit: limit);
    }

    static IEnumerable<PromiseVerdict> Backups(PromiseSheet sheet, string repository, RetentionRule rule)
    {
        if (rule.Forever)
            yield return Forever(sheet, repository);

        if (rule.Age is { } age)
            yield return ByAge(sheet, repository, age);

        if (rule is { Count: not null } or { Daily: not null } or { Weekly: not null } or { Monthly: not null }
            or { Yearly: not null })
            yield return ByCalendar(sheet, repository, rule);
    }

    static PromiseVerdict Forever(PromiseSheet sheet, string repository)
        => PromiseSheet.Judge(
            "kept_backups", "backups for ever", sheet.Values[Measures.GoodBackups, repository],
            good => new Judgement(Verdict.Held, $"{good.Number:0} good backups"), TakeFull);

    static PromiseVerdict ByAge(PromiseSheet sheet, string repository, Duration age)
    {
        var edge = age.Before(sheet.Now);

        return PromiseSheet.Judge(
            "kept_backups", $"backups of {age}", sheet.Values[Measures.OldestBackupEnded, repository],
            oldest => oldest.Moment <= edge
                ? new Judgement(
                    Verdict.Held, $"oldest {Readable.Age(oldest.Moment.Value, sheet.Now)}",
                    Limit: (sheet.Now - edge).TotalSeconds)
                : new Judgement(
                    Verdict.AtRisk, $"oldest {Readable.Age(oldest.Moment!.Value, sheet.Now)}",
                    $"it has not been kept for {age} yet", Limit: (sheet.Now - edge).TotalSeconds),
            TakeFull);
    }

    /// <summary>A period without a backup leaves no trace, so what can be judged is how many have one.</summary>
    static PromiseVerdict ByCalendar(PromiseSheet sheet, string repository, RetentionRule rule)
        => PromiseSheet.Judge(
            "kept_backups",
            rule.Count is { } n && rule == new RetentionRule { Count = n } ? $"the last {n} backups"
                : "backups by calendar",
            sheet.Values[Measures.CalendarMissing, repository],
            missing =>
            {
                var filled = sheet.Values[Measures.CalendarFilled, repository].Text!;

                return missing.Number is 0
                    ? new Judgement(Verdict.Held, filled, Limit: 0)
                    : new Judgement(Verdict.AtRisk, filled, "there are not that many yet", Limit: 0);
            },
            TakeFull);

    static string Day(DateTimeOffset moment)
        => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
