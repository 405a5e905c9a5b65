using TomoBackup.Cli.Output.Json;
using TomoBackup.Following;

namespace TomoBackup.Cli.Output;

/// <summary>How copying is told.</summary>
static class FollowText
{
    /// <summary>What runs did, or would do.</summary>
    public static void Show(IReadOnlyList<FollowReport> reports, Report output)
    {
        if (output.IsJson)
            output.Answer(FollowDocument.Of(reports), ReportJson.Plain.FollowDocument);

        foreach (var report in reports)
            Tell(report, output);
    }

    /// <summary>One of the runs of <c>--watch</c>: an object a line with <c>--json</c>.</summary>
    public static void ShowRun(FollowReport report, Report output)
    {
        if (output.IsJson)
            output.Answer(FollowedRepositoryDocument.Of(report), ReportJson.Plain.FollowedRepositoryDocument);

        Tell(report, output);
    }

    static void Tell(FollowReport report, Report output)
    {
        var what = $"{Count(report.Objects, "object")}, {Readable.Size(report.Bytes)}: "
            + $"{Count(report.WalFiles, "WAL file")}, {Count(report.Backups, "backup")}";

        output.Say(report switch
        {
            { Objects: 0 } => $"'{report.Repository}' has all that it wants of '{report.Follows}'",
            { PlanOnly: true } => $"'{report.Repository}' lacks {what}",
            _ => $"'{report.Repository}' got {what} from '{report.Follows}'",
        });

        if (report.Lag > TimeSpan.Zero)
            output.Say($"  behind by {Readable.Span(report.Lag)} of WAL, {Readable.Size(report.LagBytes)} in all");

        if (report.Unwanted > 0)
            output.Detail($"{Count(report.Unwanted, "WAL file or backup", "WAL files and backups")} left out: its own "
                + "retention would not keep them");

        foreach (var problem in report.Problems)
            output.Warn(problem);
    }

    static string Count(int count, string one, string? many = null)
        => count == 1 ? $"1 {one}" : $"{count} {many ?? one + "s"}";
}
