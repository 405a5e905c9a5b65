using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>A promise of the policy that this version does not keep by itself.</summary>
/// <param name="Path">Its place in the policy file: <c>clusters.main.dump</c>.</param>
/// <param name="Reason">What does not happen: <c>logical dumps are not taken</c>.</param>
public sealed record UnexecutedPart(string Path, string Reason);

/// <summary>What a policy says and this version does not execute yet; for <c>policy check</c>, <c>status</c> and the
/// rendered document, so that nothing is promised in silence.</summary>
public static class UnexecutedParts
{
    /// <summary>All of them, in the order of the policy file; empty where the policy asks for nothing more than this
    /// version does.</summary>
    public static IReadOnlyList<UnexecutedPart> Of(BackupPolicy policy)
        => [.. policy.Clusters.SelectMany(Of), .. policy.Repositories.SelectMany(Of), .. OfTheRest(policy)];

    static IEnumerable<UnexecutedPart> Of(ClusterPolicy cluster)
    {
        var place = $"clusters.{cluster.Name}";

        if (cluster.Dump is not null)
            yield return Part(place, ClusterKeys.Dump);

        if (cluster.Heartbeat is not null)
            yield return Part(place, ClusterKeys.Heartbeat);
    }

    static IEnumerable<UnexecutedPart> Of(RepositoryPolicy repository)
    {
        var place = $"repositories.{repository.Name}";

        if (repository.Volume?.AlertAbove is not null)
            yield return Part($"{place}.{RepositoryKeys.Volume.Name}", RepositoryKeys.AlertAbove);
    }

    static IEnumerable<UnexecutedPart> OfTheRest(BackupPolicy policy)
    {
        var retention = policy.Retention;

        if (retention.Dump.Count > 0)
            yield return Part("retention", RetentionKeys.Dump);

        if (retention.Config.Count > 0)
            yield return Part("retention", RetentionKeys.Config);

        if (retention.Evidence is not null)
            yield return Part("retention", RetentionKeys.Evidence);

        foreach (var source in policy.Configuration)
            yield return new UnexecutedPart($"configuration.{source.Name}", PolicyKeys.Configuration.NotYet!);

        if (policy.Tests.Restore is not null)
            yield return Part("tests", WatchKeys.Restore);

        if (policy.Tests.Drill is not null)
            yield return Part("tests", WatchKeys.Drill);

        foreach (var part in OfAlerts(policy.Alerts))
            yield return part;

        if (policy.Compliance is not null)
            yield return Part("", PolicyKeys.Compliance);
    }

    static IEnumerable<UnexecutedPart> OfAlerts(AlertPolicy alerts)
    {
        if (alerts.MailTo.Count > 0)
            yield return Part("alerts", AlertKeys.Email);

        if (alerts.Webhooks.Count > 0)
            yield return Part("alerts", AlertKeys.Webhook);

        if (alerts.WalOlderThan is not null)
            yield return Part("alerts", AlertKeys.WalOlderThan);

        if (alerts.BackupBelow is not null)
            yield return Part("alerts", AlertKeys.BackupBelow);
    }

    /// <summary>Why a store cannot be opened by this version; null where it can.</summary>
    static UnexecutedPart Part(string place, PolicyKey key)
        => new(place.Length is 0 ? key.Name : $"{place}.{key.Name}", key.NotYet!);
}
