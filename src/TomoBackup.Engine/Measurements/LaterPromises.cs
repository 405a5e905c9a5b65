using TomoBackup.Policies;

namespace TomoBackup.Measurements;

/// <summary>What a policy may promise and this version does not do: told, so that nobody takes it for done. It follows
/// from <see cref="UnexecutedParts"/>, so that nothing can be forgotten here. Pure.</summary>
static class LaterPromises
{
    /// <summary>Figures that status holds against what it measures. That nobody is told of them is told by the promise
    /// of alerts.</summary>
    static readonly string[] Judged = ["alert_above", "wal_older_than", "backup_below"];

    /// <summary>Each with what is missing.</summary>
    public static IEnumerable<PromiseVerdict> Of(PromiseSheet sheet)
        => UnexecutedParts.Of(sheet.Policy)
            .Select(part => part.Path.Split('.'))
            .Where(path => !Judged.Contains(path[^1]))
            .SelectMany(path => Of(sheet, path))
            .Distinct()
            .Select(later => Later(later.Id, later.Promise));

    static IEnumerable<(string Id, string Promise)> Of(PromiseSheet sheet, string[] path)
    {
        var (policy, cluster) = (sheet.Policy, sheet.Cluster);

        return path switch
        {
            ["clusters", var name, ..] when name != cluster.Name => [],
            ["clusters", _, "dump"] => [("dump_on_time", $"dump at {cluster.Dump}")],
            ["clusters", _, "heartbeat"] => [("heartbeat", $"heartbeat every {cluster.Heartbeat}")],
            ["retention", "dump"] => Kept("kept_dumps", "dumps", policy.Retention.Dump),
            ["retention", "config"] => Kept("kept_configuration", "configuration", policy.Retention.Config),
            ["retention", "evidence"] => [("kept_evidence", $"evidence of {policy.Retention.Evidence}")],
            ["configuration", var name] => [("configuration", Source(policy, name))],
            ["tests", "restore"] => [("restore_test", $"restore test {In(policy.Tests.Restore!.Rhythm)}")],
            ["tests", "drill"] => [("drill", Drill(policy.Tests.Drill!))],
            ["alerts", ..] => [("alerts", "alerts")],
            ["compliance"] => [("compliance", $"evidence for {policy.Compliance!.Framework}")],
            _ => [("not_executed", string.Join('.', path))],
        };
    }

    static PromiseVerdict Later(string id, string promise) => new()
    {
        Id = id,
        Repository = null,
        Promise = promise,
        Verdict = Verdict.NotMeasured,
        Measured = "this version does not do that yet",
    };

    static IEnumerable<(string Id, string Promise)> Kept(
        string id, string what, IReadOnlyDictionary<string, RetentionRule> rules)
        => rules.Select(rule => (id, $"{what} {For(rule.Value)} in '{rule.Key}'"));

    static string Source(BackupPolicy policy, string name)
        => $"configuration of '{name}' {In(policy.Configuration.First(source => source.Name == name).Rhythm)}";

    static string Drill(DrillPolicy drill) => $"drill {In(drill.Rhythm)} from '{drill.Repository}'";

    static string In(Rhythm rhythm)
        => rhythm.At is { } at ? $"at {at}"
            : rhythm.AfterChange is { } after ? $"within {after} of a change"
            : $"every {rhythm.Every}";

    static string For(RetentionRule rule) => rule.Age is { } age ? $"of {age}" : rule.Forever ? "for ever" : "by rule";
}
