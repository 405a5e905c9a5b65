namespace TomoBackup.Policies.Review;

/// <summary>When people look at the policy again.</summary>
static class HeaderRules
{
    const int SoonDays = 30;

    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
    {
        const string Path = "policy.next_review";
        const string Remedy = "Review the policy, and set 'last_review' and 'next_review'.";
        var today = DateOnly.FromDateTime(scope.Now.UtcDateTime);

        if (scope.Policy.Header.NextReview is not { } day)
            yield return FindingKinds.ReviewUndated.At(
                "policy", "the policy does not say when it is reviewed again", "Set 'policy.next_review'.");
        else if (day < today)
            yield return FindingKinds.ReviewOverdue.At(
                Path, $"the review was due on {day:yyyy-MM-dd}, {Days(today.DayNumber - day.DayNumber)} ago", Remedy);
        else if (day.DayNumber - today.DayNumber <= SoonDays)
            yield return FindingKinds.ReviewDueSoon.At(
                Path, $"the review is due on {day:yyyy-MM-dd}, in {Days(day.DayNumber - today.DayNumber)}", Remedy);
    }

    static string Days(int count) => count is 1 ? "1 day" : $"{count} days";
}
