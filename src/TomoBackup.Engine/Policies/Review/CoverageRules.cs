namespace TomoBackup.Policies.Review;

/// <summary>What the policy does not speak of: databases, servers, and what lies beside them.</summary>
static class CoverageRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => scope.Observed is { } observed
            ?
            [
                .. Beside(scope.Policy),
                .. scope.Policy.Clusters.SelectMany(cluster => Databases(cluster, observed)),
                .. Strangers(observed),
            ]
            : Beside(scope.Policy);

    static IEnumerable<ReviewFinding> Beside(BackupPolicy policy)
    {
        if (policy.Configuration.Count is 0)
            yield return FindingKinds.NothingBesideClusters.At(
                "configuration",
                "nothing beside the clusters is kept: no configuration, no certificates, no dashboards",
                "Name what a new machine would need in 'configuration', or keep it by other means.");
    }

    static IEnumerable<ReviewFinding> Databases(ClusterPolicy cluster, ObservedFacts observed)
    {
        if (cluster.Databases is not { } named
            || observed.Clusters.GetValueOrDefault(cluster.Name)?.Databases is not { } present)
            yield break;

        var path = $"clusters.{cluster.Name}.databases";

        // The database that the policy connects to is named there, and usually empty.
        foreach (var forgotten in present.Where(name => name != cluster.Connection.Database).Except(named))
            yield return FindingKinds.DatabaseNotCovered.At(
                path,
                $"the server of '{cluster.Name}' has a database '{forgotten}' that the policy does not name: physical "
                    + "backups hold it, dumps and tests pass it by",
                $"Add '{forgotten}' to '{path}', or remove that key to mean all of the server.");

        foreach (var gone in named.Except(present))
            yield return FindingKinds.DatabaseMissing.At(
                path,
                $"the policy names a database '{gone}' that the server of '{cluster.Name}' does not have",
                "Correct the name, or remove it.");
    }

    static IEnumerable<ReviewFinding> Strangers(ObservedFacts observed)
        => observed.Strangers.Select(server => FindingKinds.ClusterNotCovered.At(
            "clusters",
            $"a server runs on this host at port {server.Port} with its data in '{server.DataDirectory}', and the "
                + "policy does not name it: nobody backs it up",
            "Add it to 'clusters', or stop it where it is not needed."));
}
