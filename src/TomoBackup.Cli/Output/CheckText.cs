using TomoBackup.Cli.Output.Json;
using TomoBackup.Setup;

namespace TomoBackup.Cli.Output;

/// <summary>How <c>check</c> is told: a line for each probe, the remedy below it.</summary>
static class CheckText
{
    /// <summary>What was found, and the sum of it.</summary>
    public static void Show(CheckReport report, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(CheckDocument.Of(report), ReportJson.Plain.CheckDocument);
            return;
        }

        foreach (var probe in report.Probes)
        {
            output.Say($"{WordOf(probe.Outcome),-9}{probe.Name}: {probe.Detail}");

            if (probe.Remedy is { } remedy)
                output.Say($"{"",-9}  {remedy}");
        }

        var failed = report.Probes.Count(p => p.Outcome == ProbeOutcome.Failed);
        var warnings = report.Probes.Count(p => p.Outcome == ProbeOutcome.Warning);

        output.Say("");
        output.Say(failed > 0
            ? $"cluster '{report.Cluster}' is NOT protected: {failed} failed, {warnings} to look at"
            : $"cluster '{report.Cluster}' archives: a segment takes {Taken(report)} into every repository"
                + (warnings > 0 ? $"; {warnings} to look at" : ""));
    }

    static string Taken(CheckReport report)
        => report.ArchiveSeconds is { } seconds ? Readable.Span(TimeSpan.FromSeconds(seconds)) : "an unknown time";

    static string WordOf(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.Ok => "ok",
        ProbeOutcome.Warning => "warning",
        ProbeOutcome.Failed => "FAILED",
        _ => "-",
    };
}
