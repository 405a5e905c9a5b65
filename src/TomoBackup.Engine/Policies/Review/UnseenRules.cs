namespace TomoBackup.Policies.Review;

/// <summary>What could not be looked at: not knowing is never taken for being well.</summary>
static class UnseenRules
{
    /// <summary>A finding for each.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => scope.Observed?.Unseen.Select(fact => FindingKinds.CouldNotLook.At(
            fact.Path,
            $"{fact.What} could not be looked at: {fact.Why}",
            "Run it where that can be seen, by a user who may see it.")) ?? [];
}
