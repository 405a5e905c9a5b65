namespace TomoBackup.Policies.Review;

/// <summary>What is reviewed.</summary>
/// <param name="Policy">A policy without faults.</param>
/// <param name="Observed">What was seen of servers, repositories and this host; null where nobody looked.</param>
/// <param name="Now">The time of the review.</param>
sealed record ReviewScope(BackupPolicy Policy, ObservedFacts? Observed, DateTimeOffset Now);

/// <summary>Reasons about a policy: pure. Each rule is a function that says what is wrong, why, and what to do; a rule
/// about what was observed says nothing where nobody looked, and what could not be seen is a finding of its
/// own.</summary>
public static class PolicyReviewer
{
    static readonly Func<ReviewScope, IEnumerable<ReviewFinding>>[] Rules =
    [
        LossRules.Of,
        IdleRules.Of,
        ScheduleRules.Of,
        CollisionRules.Of,
        LifecycleRules.Of,
        RetentionRules.Of,
        PlaceRules.Of,
        KeyRules.Of,
        ProofRules.Of,
        AlertRules.Of,
        HeaderRules.Of,
        ExecutionRules.Of,
        ServerRules.Of,
        CoverageRules.Of,
        VolumeRules.Of,
        MeasuredRules.Of,
        UnseenRules.Of,
    ];

    /// <summary>Everything that is to be said about a policy.</summary>
    public static PolicyReview Review(BackupPolicy policy, ObservedFacts? observed, DateTimeOffset now)
    {
        var scope = new ReviewScope(policy, observed, now);
        var order = FindingKinds.All.Index().ToDictionary(kind => kind.Item, kind => kind.Index);

        return new PolicyReview(
            [.. policy.Clusters.SelectMany(cluster => LossRules.WorstCases(policy, cluster))],
            [.. Rules.SelectMany(rule => rule(scope)).OrderBy(finding => order[finding.Kind])]);
    }
}
