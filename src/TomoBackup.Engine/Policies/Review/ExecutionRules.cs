namespace TomoBackup.Policies.Review;

/// <summary>What the policy says and this version does not do: a promise that nobody keeps.</summary>
static class ExecutionRules
{
    /// <summary>A finding for each part.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => UnexecutedParts.Of(scope.Policy).Select(part => FindingKinds.NotExecuted.At(
            part.Path,
            $"this version does not execute it: {part.Reason}",
            "See to it by other means until a later version does, or remove it."));
}
