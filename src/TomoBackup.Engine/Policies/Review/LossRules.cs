namespace TomoBackup.Policies.Review;

/// <summary>What can be lost at worst, against what is promised (RPO).</summary>
static class LossRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => scope.Policy.Clusters.SelectMany(cluster => Of(scope.Policy, cluster));

    /// <summary>A segment leaves the host when it is full or archive_timeout has passed, and goes to every repository
    /// that follows nobody at once; the others have it offsite_within later.</summary>
    public static IEnumerable<WorstCase> WorstCases(BackupPolicy policy, ClusterPolicy cluster)
        => policy.Repositories.Select(repository =>
        {
            var timeout = cluster.Wal.ArchiveTimeout;
            (TimeSpan? sum, string how) = (repository.Follows, cluster.Wal.OffsiteWithin) switch
            {
                (null, _) => (timeout.Longest, $"archive_timeout {timeout}"),
                (_, { } within) => (
                    timeout.Longest + within.Longest, $"archive_timeout {timeout} + offsite_within {within}"),
                _ => ((TimeSpan?)null, $"archive_timeout {timeout} + no offsite_within"),
            };

            return new WorstCase(cluster.Name, repository.Name, sum, how, cluster.Objectives?.Rpo);
        });

    static IEnumerable<ReviewFinding> Of(BackupPolicy policy, ClusterPolicy cluster)
    {
        var place = $"clusters.{cluster.Name}";

        if (cluster.Objectives is not { } objective)
        {
            yield return FindingKinds.ObjectivesMissing.At(
                place, $"nothing is promised for '{cluster.Name}', so nobody can tell whether its backups are enough",
                $"Name an entry of 'objectives' in '{place}.objectives'.");
            yield break;
        }

        if (cluster.Wal.ArchiveTimeout.Longest > objective.Rpo.Shortest)
        {
            yield return FindingKinds.ArchiveTimeoutBeyondRpo.At(
                $"{place}.wal.archive_timeout",
                $"WAL of '{cluster.Name}' leaves the host after {cluster.Wal.ArchiveTimeout} at worst, the RPO is "
                    + $"{objective.Rpo}: no repository can keep it",
                $"Set 'archive_timeout' to at most {objective.Rpo}.");
            yield break;
        }

        foreach (var worst in WorstCases(policy, cluster))
            if (worst.IsKept is false)
                yield return worst.AtMost is { } sum ? Exceeded(place, worst, sum) : Unbounded(place, worst);
    }

    static ReviewFinding Exceeded(string place, WorstCase worst, TimeSpan sum)
        => FindingKinds.RpoExceeded.At(
            $"{place}.wal.offsite_within",
            $"where only '{worst.Repository}' is left, '{worst.Cluster}' loses up to {sum.InPolicyWords} "
                + $"({worst.Sum}), the RPO is {worst.Rpo}",
            $"Shorten 'offsite_within' or 'archive_timeout' until their sum is at most {worst.Rpo}.");

    static ReviewFinding Unbounded(string place, WorstCase worst)
        => FindingKinds.OffsiteWithinMissing.At(
            $"{place}.wal",
            $"'{worst.Repository}' follows another repository and nothing says how soon, so nothing bounds what "
                + $"'{worst.Cluster}' loses where only '{worst.Repository}' is left; the RPO is {worst.Rpo}",
            $"Set '{place}.wal.offsite_within'.");
}
