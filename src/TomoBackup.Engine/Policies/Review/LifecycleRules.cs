namespace TomoBackup.Policies.Review;

/// <summary>
/// The rules of a bucket, which delete by age and know nothing of what they delete. A rule may only remove what the
/// policy has given up already, with time enough to notice that it has not.
/// </summary>
static class LifecycleRules
{
    /// <summary>How old a listing may be that <c>expire</c> still trusts: damage may be that old when it is
    /// noticed.</summary>
    public static readonly TimeSpan TimeToVerify = TimeSpan.FromDays(7);

    /// <summary>Services apply their rules once a day and count whole days; the rest is a long weekend.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromDays(3);

    /// <summary>What a rule of a bucket deletes.</summary>
    /// <param name="Key">As the policy writes it below <c>lifecycle</c>.</param>
    /// <param name="Prefix">What its keys begin with.</param>
    /// <param name="Age">From which age on.</param>
    sealed record BucketRule(string Key, string Prefix, Duration Age);

    /// <summary>A kind of thing that is kept for a while.</summary>
    sealed record Tier(string Prefix, string Words, TimeSpan Window, TimeSpan Generation);

    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => scope.Policy.Repositories
            .Where(repository => repository.Lifecycle is not null)
            .SelectMany(repository => Of(scope, repository));

    static IEnumerable<ReviewFinding> Of(ReviewScope scope, RepositoryPolicy repository)
    {
        var rules = RulesOf(repository.Lifecycle!).ToList();
        var tiers = TiersOf(scope, repository.Name).ToList();
        var place = $"repositories.{repository.Name}.lifecycle";

        foreach (var rule in rules)
        {
            var lost = LifecyclePrefixes.NeverExpire
                .Where(kept => LifecyclePrefixes.Touches(rule.Prefix, kept)).ToList();

            // Who deletes keys has deleted everything: nothing more follows from the rule.
            if (lost.Count > 0)
                yield return DeletesKeys(place, repository.Name, rule, lost);
            else
                foreach (var tier in tiers.Where(tier => LifecyclePrefixes.Touches(rule.Prefix, tier.Prefix)))
                    if (TooEarly(place, repository.Name, rule, tier) is { } early)
                        yield return early;
        }

        if (OneAgeForAll(place, repository.Name, rules, tiers) is { } same)
            yield return same;

        if (rules.Exists(DeletesBackups) && scope.Policy.LongestGeneration(scope.Now) is null)
            yield return FindingKinds.GenerationUnknown.At(
                place,
                $"'{repository.Name}' deletes by age, and for at least one cluster no schedule says how long a "
                    + "generation lasts: nobody can tell whether its base outlives the backups that stand on it",
                "Set 'full' for each cluster.");
    }

    static IEnumerable<BucketRule> RulesOf(LifecyclePolicy lifecycle)
    {
        if (lifecycle.Wal is { } wal)
            yield return new BucketRule("wal", LifecyclePrefixes.Wal, wal);

        if (lifecycle.Backup is { } backup)
            yield return new BucketRule("backup", LifecyclePrefixes.Backup, backup);

        if (lifecycle.Dump is { } dump)
            yield return new BucketRule("dump", LifecyclePrefixes.Dump, dump);

        foreach (var (prefix, age) in lifecycle.Others)
            yield return new BucketRule(prefix, prefix, age);
    }

    static IEnumerable<Tier> TiersOf(ReviewScope scope, string repository)
    {
        var (retention, generation) = (scope.Policy.Retention, scope.Policy.LongestGeneration(scope.Now));
        var length = generation ?? TimeSpan.Zero;

        yield return new Tier(
            LifecyclePrefixes.Wal, "WAL", RetentionReach.Of(retention.Wal, repository, null), length);
        yield return new Tier(
            LifecyclePrefixes.Backup, "backups", RetentionReach.Of(retention.Backup, repository, generation), length);

        // Dumps and copies of configuration stand alone.
        if (scope.Policy.Clusters.Any(cluster => cluster.Dump is not null))
            yield return new Tier(
                LifecyclePrefixes.Dump, "dumps",
                RetentionReach.Of(retention.Dump, repository, GapOfDumps(scope)), TimeSpan.Zero);

        if (scope.Policy.Configuration.Count > 0)
            yield return new Tier(
                LifecyclePrefixes.Config, "copies of configuration",
                RetentionReach.Of(retention.Config, repository, null), TimeSpan.Zero);
    }

    static TimeSpan? GapOfDumps(ReviewScope scope)
        => scope.Policy.Clusters.Max(cluster => cluster.Dump?.LongestGap(scope.Now));

    static bool DeletesBackups(BucketRule rule)
        => LifecyclePrefixes.Touches(rule.Prefix, LifecyclePrefixes.Wal)
            || LifecyclePrefixes.Touches(rule.Prefix, LifecyclePrefixes.Backup);

    static ReviewFinding DeletesKeys(string place, string repository, BucketRule rule, List<string> lost)
        => FindingKinds.LifecycleDeletesKeys.At(
            $"{place}.{rule.Key}",
            $"the rule of '{repository}' for {(rule.Prefix is "" ? "the empty prefix" : $"prefix '{rule.Prefix}'")} "
                + $"deletes {string.Join(", ", lost)} after {rule.Age}: without them no backup can be opened or "
                + "believed, however young it is",
            "Remove that rule from the bucket, and write one for each of 'wal/', 'backup/' and 'dump/'.");

    static ReviewFinding? TooEarly(string place, string repository, BucketRule rule, Tier tier)
    {
        if (tier.Window == RetentionReach.Forever)
            return FindingKinds.LifecycleTooEarly.At(
                $"{place}.{rule.Key}",
                $"'{repository}' deletes {tier.Words} after {rule.Age}, and the policy keeps them for ever",
                "Set a retention for them, or remove the rule from the bucket.");

        var needed = tier.Window + tier.Generation + TimeToVerify + Margin;

        return rule.Age.Shortest < needed
            ? FindingKinds.LifecycleTooEarly.At(
                $"{place}.{rule.Key}",
                $"'{repository}' deletes {tier.Words} after {rule.Age}, the promise needs {needed.InPolicyWords}: "
                    + $"window {tier.Window.InPolicyWords} + generation {tier.Generation.InPolicyWords} + "
                    + $"{TimeToVerify.InPolicyWords} to verify + {Margin.InPolicyWords} margin",
                $"Let the bucket delete them after {Math.Ceiling(needed.TotalDays)}d or later.")
            : null;
    }

    static ReviewFinding? OneAgeForAll(
        string place, string repository, List<BucketRule> rules, List<Tier> tiers)
    {
        var backups = rules.Find(rule => LifecyclePrefixes.Touches(rule.Prefix, LifecyclePrefixes.Backup));
        var wal = rules.Find(rule => LifecyclePrefixes.Touches(rule.Prefix, LifecyclePrefixes.Wal));
        var (walWindow, backupWindow) = (tiers[0].Window, tiers[1].Window);

        return wal is not null && wal.Age == backups?.Age && walWindow != backupWindow
            ? FindingKinds.LifecycleOneAgeForAll.At(
                $"{place}.{wal.Key}",
                $"'{repository}' deletes WAL and backups after the same {wal.Age}, but the policy keeps WAL "
                    + $"{RetentionReach.Words(walWindow)} and backups {RetentionReach.Words(backupWindow)}: "
                    + "one of the two is not what is said",
                "Write one rule for each prefix, each with the age that its retention needs.")
            : null;
    }
}
