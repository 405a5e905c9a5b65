namespace TomoBackup.Policies.Review;

/// <summary>What is kept how long, and what that leaves.</summary>
static class RetentionRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
    {
        var generation = scope.Policy.LongestGeneration(scope.Now);

        foreach (var repository in scope.Policy.Repositories)
        {
            if (BackupsOutliveWal(scope.Policy.Retention, repository.Name, generation) is { } span)
                yield return span;

            if (FollowerKeepsLess(scope.Policy, repository, generation) is { } less)
                yield return less;

            if (Missing(scope.Policy, repository) is { } missing)
                yield return missing;

            if (LockWithoutEnd(scope, repository) is { } endless)
                yield return endless;

            if (NothingDeletes(scope.Policy.Retention, repository) is { } idle)
                yield return idle;
        }
    }

    static ReviewFinding? LockWithoutEnd(ReviewScope scope, RepositoryPolicy repository)
        => repository.ObjectLock is not null && LockReach.Of(scope.Policy, repository.Name, scope.Now) is null
            ? FindingKinds.LockWithoutEnd.At(
                $"repositories.{repository.Name}.object_lock",
                $"objects in '{repository.Name}' shall be locked, and the policy does not say until when: it keeps WAL "
                    + "or backups there for ever, or a cluster has no schedule for full backups. Nothing is stored",
                $"Name '{repository.Name}' in 'retention' for WAL and backups, and set 'full' for each cluster.")
            : null;

    /// <summary>Legal: a backup carries the WAL from its start to its stop, so it stands alone. But nothing leads on
    /// from there.</summary>
    static ReviewFinding? BackupsOutliveWal(RetentionPolicy retention, string repository, TimeSpan? generation)
    {
        var wal = RetentionReach.Of(retention.Wal, repository, null);
        var backups = RetentionReach.Of(retention.Backup, repository, generation);

        return wal < backups
            ? FindingKinds.BackupsOutliveWal.At(
                $"retention.wal.{repository}",
                $"'{repository}' keeps WAL {RetentionReach.Words(wal)} and backups {RetentionReach.Words(backups)}: "
                    + $"what is older than {wal.InPolicyWords} can only be restored to the moments at which a backup "
                    + "ended, not to those between",
                "Keep it if that is meant, and say so to whoever counts on a moment; otherwise keep WAL as long as "
                    + "backups.")
            : null;
    }

    /// <summary>What a follower has no copy of stays in the repository that it follows: there the longer rule would
    /// never let go.</summary>
    static ReviewFinding? FollowerKeepsLess(BackupPolicy policy, RepositoryPolicy follower, TimeSpan? generation)
    {
        if (follower.Follows is not { } leader)
            return null;

        foreach (var (words, rules, between) in new[]
        {
            ("WAL", policy.Retention.Wal, null),
            ("backups", policy.Retention.Backup, generation),
        })
        {
            var here = RetentionReach.Of(rules, follower.Name, between);
            var there = RetentionReach.Of(rules, leader, between);

            if (here < there)
                return FindingKinds.FollowerKeepsLess.At(
                    "retention",
                    $"'{follower.Name}' keeps {words} {RetentionReach.Words(here)}, and '{leader}', which it follows, "
                        + $"{RetentionReach.Words(there)}: 'expire' removes from '{leader}' only what "
                        + $"'{follower.Name}' has a verified copy of, so what is older would stay there",
                    $"Keep {words} in '{follower.Name}' at least as long as in '{leader}'.");
        }

        return null;
    }

    static ReviewFinding? Missing(BackupPolicy policy, RepositoryPolicy repository)
    {
        var kept = new (string Words, bool IsKept)[]
        {
            ("WAL", Lacks(policy.Retention.Wal, repository.Lifecycle?.Wal)),
            ("backups", Lacks(policy.Retention.Backup, repository.Lifecycle?.Backup)),
            ("dumps", policy.Clusters.Any(cluster => cluster.Dump is not null)
                && Lacks(policy.Retention.Dump, repository.Lifecycle?.Dump)),
        }.Where(tier => tier.IsKept).Select(tier => tier.Words).ToList();

        return kept.Count > 0
            ? FindingKinds.RetentionMissing.At(
                "retention",
                $"no rule says how long '{repository.Name}' keeps {string.Join(" and ", kept)}: nothing is ever "
                    + "removed, and one day the disk is full",
                $"Name '{repository.Name}' in 'retention', with an age or with 'forever'.")
            : null;

        bool Lacks(IReadOnlyDictionary<string, RetentionRule> rules, Duration? bucketRule)
            => bucketRule is null && !rules.ContainsKey(repository.Name);
    }

    static ReviewFinding? NothingDeletes(RetentionPolicy retention, RepositoryPolicy repository)
        => !repository.MayDelete && repository.Lifecycle is null
            && (Ends(retention.Wal, repository.Name) || Ends(retention.Backup, repository.Name))
                ? FindingKinds.NothingDeletes.At(
                    $"repositories.{repository.Name}",
                    $"the key of '{repository.Name}' may not delete, and the policy names no rule of the bucket that "
                        + "does: what the retention gives up stays",
                    $"Set rules in the bucket and declare them in 'repositories.{repository.Name}.lifecycle', or run "
                        + "'expire' elsewhere with a key that may delete.")
                : null;

    static bool Ends(IReadOnlyDictionary<string, RetentionRule> rules, string repository)
        => rules.TryGetValue(repository, out var rule) && !rule.Forever;
}
