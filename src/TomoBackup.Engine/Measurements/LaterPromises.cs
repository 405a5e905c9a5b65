using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>What a policy may promise and this version does not do: told, so that nobody takes it for done.
/// Pure.</summary>
static class LaterPromises
{
    /// <summary>Each with what is missing.</summary>
    public static IEnumerable<PromiseVerdict> Of(PromiseSheet sheet)
    {
        var (policy, cluster) = (sheet.Policy, sheet.Cluster);

        if (policy.Tests.Restore is { } test)
            yield return Later("restore_test", $"restore test {In(test.Rhythm)}");

        if (policy.Tests.Drill is { } drill)
            yield return Later("drill", $"drill {In(drill.Rhythm)} from '{drill.Repository}'");

        if (cluster.Dump is { } dump)
            yield return Later("dump_on_time", $"dump at {dump}");

        if (cluster.Heartbeat is { } heartbeat)
            yield return Later("heartbeat", $"heartbeat every {heartbeat}");

        foreach (var (repository, rule) in policy.Retention.Dump)
            yield return Later("kept_dumps", $"dumps {For(rule)} in '{repository}'");

        foreach (var source in policy.Configuration)
            yield return Later("configuration", $"configuration of '{source.Name}' {In(source.Rhythm)}");

        if (policy.Alerts is { MailTo.Count: > 0 } or { Webhooks.Count: > 0 })
            yield return Later("alerts", "alerts");

        if (policy.Retention.Evidence is { } evidence)
            yield return Later("kept_evidence", $"evidence of {evidence}");

        if (policy.Compliance is { } compliance)
            yield return Later("compliance", $"evidence for {compliance.Framework}");

        foreach (var repository in sheet.Repositories.Where(r => r.Volume?.Luks is true))
            yield return Later("volume_encrypted", $"LUKS under '{repository.Name}'");
    }

    static PromiseVerdict Later(string id, string promise) => new()
    {
        Id = id,
        Repository = null,
        Promise = promise,
        Verdict = Verdict.NotMeasured,
        Measured = "this version does not do that yet, or does not look",
    };

    static string In(Rhythm rhythm) => rhythm.At is { } at ? $"at {at}" : $"every {rhythm.Every}";

    static string For(RetentionRule rule) => rule.Age is { } age ? $"of {age}" : rule.Forever ? "for ever" : "by rule";
}
