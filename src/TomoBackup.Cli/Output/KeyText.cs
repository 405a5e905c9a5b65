using TomoBackup.Cli.Output.Json;
using TomoBackup.Setup;

namespace TomoBackup.Cli.Output;

/// <summary>How keys are told, without ever showing one.</summary>
static class KeyText
{
    /// <summary>Whose keys there are.</summary>
    public static void Show(KeyShowReport report, DateTimeOffset now, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(report, ReportJson.Plain.KeyShowReport);
            return;
        }

        void Line(string name, string value) => output.Say($"{name,-14}{value}");

        Line("cluster", report.Cluster);
        Line("lineage", report.Lineage);
        Line("mode", report.IsSealed
            ? "sealed: this host encrypts and cannot decrypt"
            : "simple: the recovery key lies on this host");
        Line("signing key", report.SigningKey ?? "this host has none");

        if (report.SigningKey != report.LineageSigner)
            Line("signed by", report.LineageSigner);

        foreach (var (recipient, isHere) in report.Recipients)
            Line("recipient", isHere ? $"{recipient} (on this host)" : recipient);

        foreach (var epoch in report.OpenEpochs)
            Line("open here", $"{epoch.Epoch} {epoch.Purpose ?? "of unknown purpose"}"
                + (epoch.Since is { } since ? $", since {Readable.Time(since)} ({Readable.Age(since, now)})" : ""));
    }

    /// <summary>Which identity opened what.</summary>
    public static void Show(KeyCheckReport report, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(report, ReportJson.Plain.KeyCheckReport);
            return;
        }

        foreach (var trial in report.Trials)
            output.Say(trial.Failure is { } why
                ? $"{"FAILED",-9}{trial.Recipient} and the newest {trial.Purpose} key of '{trial.Repository}': {why}"
                : $"{"ok",-9}{trial.Recipient} opens the newest {trial.Purpose} key of '{trial.Repository}'");

        foreach (var recipient in report.NotTried)
            output.Say($"{"-",-9}{recipient} was not tried: give its file with --identity");
    }

    /// <summary>A new identity: the recipient alone on stdout, so that it can be caught by a script.</summary>
    public static void ShowGenerated(string path, string recipient, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(new KeyGenerateDocument(path, recipient), ReportJson.Plain.KeyGenerateDocument);
            return;
        }

        output.Say(recipient);
        output.Note($"the secret half is in '{path}': keep a copy away from this host");
    }
}
