using TomoBackup.Cli.Output.Json;
using TomoBackup.Setup;

namespace TomoBackup.Cli.Output;

/// <summary>How <c>setup</c> is told: SQL on stdout with everything else as its comments, ready for psql.</summary>
static class SetupText
{
    /// <summary>What is missing, or what was done.</summary>
    public static void Show(SetupReport report, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(SetupDocument.Of(report), ReportJson.Plain.SetupDocument);
            return;
        }

        output.Say($"-- cluster '{report.Cluster}', role '{report.Role}', server {report.Server}");

        foreach (var remark in report.Plan.Remarks)
            output.Say($"-- note: {remark}");

        if (report.Plan.Steps.Count == 0)
            output.Say("-- nothing to do: the server has all that backups and archiving need");
        else
            ShowSteps(report, output);

        if (report.AwaitRestart.Count > 0)
            output.Say($"-- RESTART the server now for {string.Join(", ", report.AwaitRestart)}");
        else if (report.Plan.Steps.Any(step => step.NeedsRestart))
            output.Say("-- afterwards RESTART the server");

        if (report.Refusal is { } refusal)
            ShowRefusal(report, refusal, output);
    }

    static void ShowSteps(SetupReport report, Report output)
    {
        foreach (var step in report.Plan.Steps)
            output.Say($"{step.Statement};  -- {step.Reason}{(step.NeedsRestart ? " (needs a restart)" : "")}");

        foreach (var statement in report.Plan.Statements().Skip(report.Plan.Steps.Count))
            output.Say($"{statement};");

        output.Say(report.Applied
            ? $"-- done: {report.Plan.Steps.Count} statements were run"
            : "-- nothing was changed: give these lines to psql as a superuser, or run 'tomo-backup setup --apply'");
    }

    static void ShowRefusal(SetupReport report, string refusal, Report output)
    {
        output.Say($"-- the role cannot log in yet: {refusal}");
        output.Say("-- let the operating system's user in, with these lines above all others of their kind:");
        output.Say($"--   pg_ident.conf:  tomo   {Environment.UserName}   {report.Role}");
        output.Say($"--   pg_hba.conf:    local  all  {report.Role}  peer  map=tomo");
    }
}
