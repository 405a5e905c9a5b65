using TomoBackup.Cli.Output.Json;
using TomoBackup.Setup;

namespace TomoBackup.Cli.Output;

/// <summary>How <c>init</c> is told.</summary>
static class InitText
{
    /// <summary>What was made, and what a person must do now.</summary>
    public static void Show(InitReport report, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(report, ReportJson.Plain.InitReport);
            return;
        }

        output.Say(report.IsNew
            ? $"cluster '{report.Cluster}' (PostgreSQL {report.MajorVersion}, "
                + $"system identifier {report.SystemIdentifier}) begins lineage {report.Lineage}"
            : $"cluster '{report.Cluster}' continues lineage {report.Lineage}");
        output.Say(report.IsSealed
            ? "  mode            sealed: this host encrypts and cannot decrypt"
            : "  mode            simple: the recovery key lies on this host; whoever takes the host reads the backups");
        output.Say($"  signing key     {report.SigningKey}");

        if (report.IdentityFile is { } identity)
            output.Say($"  recovery key    {identity}");

        output.Say(
            $"  keys tried      {report.Tried.Count} of {report.Recipients.Count} recovery keys "
            + "opened a value read back from each repository");

        foreach (var service in report.Services)
            output.Say(service.Outcome == ProbeOutcome.Ok
                ? $"  service         {service.Detail}"
                : $"  {service.Outcome switch { ProbeOutcome.Warning => "warning ", _ => "FAILED  " }}        "
                    + $"{service.Name}: {service.Detail}. {service.Remedy}");

        if (report.EscrowSheet is { } sheet)
        {
            output.Say("");
            output.Say($"NOW: print '{sheet}', put it into a sealed envelope away from the backups,");
            output.Say("     and remove it from this host. Without it, a lost host is a lost backup.");
        }
    }
}
