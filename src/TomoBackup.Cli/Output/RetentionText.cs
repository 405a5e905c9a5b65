using System.Globalization;
using TomoBackup.Cli.Output.Json;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Retention;

namespace TomoBackup.Cli.Output;

/// <summary>How retention is told.</summary>
static class RetentionText
{
    const int Width = 80;
    const int Indent = 7;

    /// <summary>What a run did, or would do; with a plan, the fate of everything.</summary>
    public static void Show(IReadOnlyList<ExpireReport> reports, Report output)
    {
        if (output.IsJson)
            output.Answer(ExpireDocument.Of(reports), ReportJson.Plain.ExpireDocument);

        foreach (var report in reports)
        {
            output.Say(
                $"repository '{report.Repository}', cluster '{report.Cluster}', {Readable.Time(report.Plan.Now)}");
            output.Say(report.Plan.WindowStart is { } start
                ? $"window: every moment since {Readable.Time(start)}"
                : "window: every moment, without an end");

            if (report.PlanOnly || report.MayNotDelete)
                ShowPlan(report.Plan, output);

            ShowSummary(report, output);
            ShowForecast(report, output);

            foreach (var problem in report.Problems)
                output.Warn(problem);

            foreach (var refusal in report.Refusals)
                if (!report.PlanOnly && report.MayNotDelete)
                    output.Warn(refusal.Message);
                else if (report.PlanOnly)
                    output.Warn($"'expire' would be refused: {refusal.Message}");
                else
                    output.Fail(
                        TomoBackupException.Create(
                            ErrorCode.Refused,
                            $"nothing removed from repository '{report.Repository}': {refusal.Message}",
                            hint: refusal.Hint),
                        (int)ErrorCode.Refused);
        }
    }

    /// <summary>Why something is there.</summary>
    public static void Explain(IReadOnlyList<(string Repository, RetentionAnswer Answer)> answers, Report output)
    {
        if (output.IsJson)
            output.Answer(WhyDocument.Of(answers), ReportJson.Plain.WhyDocument);

        foreach (var (repository, answer) in answers)
            output.Say($"{answer.Name} in repository '{repository}' {answer.Sentence}");
    }

    /// <summary>A hold that was made or ended.</summary>
    public static void Show(HoldReport report, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(HoldDocument.Of(report), ReportJson.Plain.HoldDocument);
            return;
        }

        var places = string.Join(", ", report.Repositories.Select(r => $"'{r}'"));

        output.Say(report.Released
            ? $"backup {report.Backup} is held no longer: the policy decides again"
            : $"backup {report.Backup} is held until {EndOf(report.Until)}");
        output.Say($"  in {places}");
    }

    /// <summary>One hold of a backup.</summary>
    public static string Describe(IntentRecord hold)
        => $"until {EndOf(hold.Until >= IntentRecord.Endless ? null : hold.Until)}, since {Readable.Time(hold.Since)}"
            + (hold.Reason is { } reason ? $": {reason}" : "");

    static string EndOf(DateTimeOffset? until) => until is { } end ? Readable.Time(end) : "it is released";

    static void ShowPlan(RetentionPlan plan, Report output)
    {
        foreach (var verdict in plan.Backups)
        {
            var backup = verdict.Backup;
            output.Say(
                $"{Word(verdict.Fate)}{backup.Id}, {(backup.IsFull ? "full" : "incremental")}"
                    + $"{(backup.IsGood ? "" : ", not good")}, ended {Readable.Time(backup.Stopped)}");
            Because(verdict.Fate, verdict.Due, verdict.Grounds, output);
        }

        foreach (var verdict in plan.Unfinished)
        {
            output.Say($"{Word(verdict.Fate)}{verdict.Folder.Id}, no backup: {verdict.Folder.Objects} objects");
            Because(verdict.Fate, verdict.Due, [verdict.Ground], output);
        }

        foreach (var run in plan.Wal)
        {
            var first = new WalSegment(run.Timeline, run.First).Name(plan.SegmentSize);
            var last = new WalSegment(run.Timeline, run.Last).Name(plan.SegmentSize);

            output.Say($"{Word(run.Fate)}WAL {(first == last ? first : $"{first} to {last}")}");
            output.Say($"{Blank}{Count(run.Segments, "segment")}, {Readable.Size(run.Bytes)}");
            Because(run.Fate, run.Due, [run.Ground], output);
        }
    }

    static void Because(Fate fate, DateTimeOffset? due, IReadOnlyList<Ground> grounds, Report output)
    {
        var text = string.Join("; ", grounds)
            + (fate == Fate.Waits ? $"; not before {Readable.Time(due!.Value)}" : "");

        foreach (var line in Wrapped(text))
            output.Say(Blank + line);
    }

    static void ShowSummary(ExpireReport report, Report output)
    {
        var plan = report.Plan;

        if (report.PlanOnly || report.Refusals.Count > 0 || report.MayNotDelete)
            output.Say($"would go now: {Amount(plan, Fate.Goes)}");
        else
            output.Say($"removed: {Of(report.Removed)}");

        output.Say($"waiting: {Amount(plan, Fate.Waits)}");

        foreach (var loss in plan.Losses)
        {
            output.Say($"not reachable any more once that is gone, on timeline {loss.Timeline}:");
            output.Say($"{Blank}{Readable.Time(loss.From)} to {Readable.Time(loss.To)}");

            if (loss.But > 0)
                output.Say($"{Blank}but for the ends of {Count(loss.But, "kept backup")} in between");
        }
    }

    static void ShowForecast(ExpireReport report, Report output)
    {
        if (report.MayNotDelete)
            output.Note("the key of this repository may not delete: the bucket's own rules must");

        if (!report.HasLifecycle && !report.MayNotDelete)
            return;

        foreach (var remark in report.Forecast.Remarks)
            output.Say(remark);

        foreach (var conflict in report.Forecast.Conflicts)
            output.Warn(conflict);
    }

    static string Amount(RetentionPlan plan, Fate fate)
    {
        var backups = plan.Backups.Where(b => b.Fate == fate).ToList();
        var folders = plan.Unfinished.Where(u => u.Fate == fate).ToList();
        var wal = plan.Wal.Where(w => w.Fate == fate).ToList();

        return Of(new Removal(
            backups.Count, folders.Count, wal.Sum(w => w.Segments), 0,
            backups.Sum(b => b.Backup.Bytes) + folders.Sum(f => f.Folder.Bytes) + wal.Sum(w => w.Bytes)));
    }

    static string Of(Removal removal)
        => removal is { Backups: 0, Unfinished: 0, Segments: 0 }
            ? "nothing"
            : $"{Count(removal.Backups, "backup")}, {Count(removal.Unfinished, "unfinished folder")}, "
                + $"{Count(removal.Segments, "WAL segment")}: {Readable.Size(removal.Bytes)}";

    static string Count(long count, string what)
        => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count is 1 ? "" : "s")}");

    static string Word(Fate fate) => fate switch
    {
        Fate.Stays => "stays  ",
        Fate.Waits => "waits  ",
        _ => "goes   ",
    };

    static readonly string Blank = new(' ', Indent);

    static IEnumerable<string> Wrapped(string text)
    {
        var line = "";

        foreach (var word in text.Split(' '))
            if (line.Length > 0 && line.Length + 1 + word.Length > Width - Indent)
            {
                yield return line;
                line = word;
            }
            else
                line = line.Length > 0 ? $"{line} {word}" : word;

        yield return line;
    }
}
