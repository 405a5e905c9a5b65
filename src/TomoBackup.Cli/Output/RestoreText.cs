using TomoBackup.Cli.Output.Json;
using TomoBackup.Restores;

namespace TomoBackup.Cli.Output;

/// <summary>How restores are told.</summary>
static class RestoreText
{
    /// <summary>A plan that will not be carried out now.</summary>
    public static void Show(RestorePlan plan, RestoreOptions options, Report output)
    {
        if (output.IsJson)
            output.Answer(RestoreDocument.Of(plan, options), ReportJson.Plain.RestoreDocument);
        else
            Tell(plan, options, output.Say);
    }

    /// <summary>A plan that is about to be carried out: a person may still stop it.</summary>
    public static void Announce(RestorePlan plan, RestoreOptions options, Report output)
        => Tell(plan, options, output.Note);

    /// <summary>What was done.</summary>
    public static void Show(RestoreReport report, RestoreOptions options, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(RestoreDocument.Of(report, options), ReportJson.Plain.RestoreDocument);
            return;
        }

        output.Say(
            $"restored backup {report.Plan.Backup.Backup} into '{report.Directory}': {Readable.Size(report.Bytes)} "
            + $"in {Readable.Span(report.Copy)}, durable after {Readable.Span(report.Copy + report.Sync)}");

        if (report.Salvaged.Count > 0)
            output.Say($"  archived before: {string.Join(", ", report.Salvaged)}");

        if (report.Aside is { } aside)
            output.Say($"  the old directory is '{aside}'; nothing in it was changed"
                + (report.Tablespaces.Count > 0 ? " but its links to tablespaces" : ""));

        foreach (var tablespace in report.Tablespaces)
            output.Say($"  its tablespace of '{tablespace.From}' is '{tablespace.Aside}'");

        if (report.Recovery is { } recovery)
            Tell(recovery, output);
        else
            output.Say(
                "  start PostgreSQL on it: it recovers to the target by itself. "
                + "'restore --start' does that and watches.");
    }

    static void Tell(RestorePlan plan, RestoreOptions options, Action<string> say)
    {
        var wal = plan.Wal.Count == 0
            ? "what the backup carries"
            : $"{plan.Wal.Count} segments beyond what the backup carries";
        var end = plan.ExpectedEnd is { } lsn ? $", to {lsn}" : "";
        var commit = plan.LastCommit is { } last ? $", last commit {Moment(last)}" : "";
        var place = options.InPlace ? ", in place: the old directory is moved aside" : "";

        say($"target      {plan.Target}, timeline {plan.Timeline}");
        say($"from        backup {plan.Backup.Backup}, ended {Readable.Time(plan.Backup.Stopped)}, "
            + Readable.Size(plan.Backup.FileBytes));
        say($"WAL         {wal}");
        say($"recovers    {plan.Goal.Setting} = '{plan.Goal.Value}'{end}{commit}");
        say($"into        '{options.Directory}'{place}");

        foreach (var remark in plan.Remarks)
            say($"note        {remark}");
    }

    static void Tell(RecoveryReport recovery, Report output)
    {
        var moment = recovery.LastTransaction is { } last ? $", last transaction {Moment(last)}" : "";

        output.Say(recovery.Paused
            ? $"recovery waits at its target{moment}; read-only until it is promoted"
            : $"recovery reached {recovery.ReachedEnd} as planned{moment}; timeline {recovery.NewTimeline} begins");
        output.Say(
            $"  open {Readable.Span(recovery.Duration)} after the start; the server's log is '{recovery.LogFile}'");

        if (!recovery.Paused)
            output.Say("  take a full backup soon: a new timeline has begun");
    }

    static string Moment(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff} UTC";
}
