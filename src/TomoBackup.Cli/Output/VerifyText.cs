using TomoBackup.Cli.Output.Json;
using TomoBackup.Verification;

namespace TomoBackup.Cli.Output;

/// <summary>How a verification is told.</summary>
static class VerifyText
{
    /// <summary>What was seen, worst first, and the windows that recovery can reach.</summary>
    public static void Show(VerifyReport report, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(VerifyDocument.Of(report), ReportJson.Plain.VerifyDocument);
            return;
        }

        output.Say(
            $"{report.Objects} objects, {Readable.Size(report.Bytes)}, {report.Backups.Count} backups: "
            + (report.IsSound ? "no damage" : "DAMAGED"));
        output.Say(report.Deep
            ? $"  every byte was read and opened: {Readable.Size(report.BytesRead)} in {Readable.Span(report.Elapsed)}"
            : "  listings, signatures and sizes were compared; 'verify --deep' reads every byte");

        foreach (var finding in report.Findings)
            Tell(finding, output);

        foreach (var window in report.Windows)
            output.Say($"  window: {window}");
    }

    static void Tell(VerifyFinding finding, Report output)
    {
        var word = finding.Severity switch
        {
            VerifySeverity.Damage => "DAMAGE",
            VerifySeverity.Warning => "warning",
            _ => "note",
        };

        output.Say($"  {word}: {finding.Sentence}");

        if (finding.Backups.Count > 0)
            output.Say($"    costs backup {string.Join(", ", finding.Backups)}");

        if (finding.Wal is { } wal)
            output.Say($"    costs WAL {wal} on timeline {wal.Timeline}");
    }
}
