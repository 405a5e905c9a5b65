using TomoBackup.Policies;
using TomoBackup.Policies.Review;

namespace TomoBackup.Operations;

/// <summary>Looks at everything that a policy speaks of, for <c>policy check --live</c>.</summary>
public sealed class PolicyObservation(OperationEnvironment environment, BackupPolicy policy, string stateDirectory)
{
    /// <summary>Looks at each cluster, at the file systems under repositories, and at the servers of this host. What
    /// cannot be seen is in the answer, not thrown.</summary>
    /// <param name="policyPath">Absolute path of the policy, which archive_command should name; null where there is
    /// none.</param>
    public async Task<ObservedFacts> RunAsync(string? policyPath, CancellationToken cancellationToken)
    {
        var clusters = new Dictionary<string, ObservedCluster>();
        var unseen = new List<UnseenFact>();
        var directories = new Dictionary<string, string?>();

        foreach (var cluster in policy.Clusters)
        {
            var seen = await new ClusterDoor(environment, policy, cluster, stateDirectory)
                .ObserveAsync(policyPath, cancellationToken).ConfigureAwait(false);
            clusters.Add(cluster.Name, seen.Facts);
            directories.Add(cluster.Name, seen.DataDirectory);
            unseen.AddRange(seen.Unseen);
        }

        return new ObservedFacts
        {
            Clusters = clusters,
            Volumes = new VolumeSurvey(environment.Files, unseen).Look(policy, directories),
            Strangers = new ServersOfHost(environment.Files, unseen).Strangers(policy, directories),
            Unseen = unseen,
        };
    }
}
