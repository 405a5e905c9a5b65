namespace TomoBackup.Policies.Review;

/// <summary>How far back a rule keeps things, at most.</summary>
static class RetentionReach
{
    /// <summary>The reach of a rule that removes nothing.</summary>
    public static readonly TimeSpan Forever = TimeSpan.MaxValue;

    const int DaysOfWeek = 7;

    /// <summary>The reach of a repository's rule; without one everything is kept.</summary>
    /// <param name="rules">By repository.</param>
    /// <param name="repository">Its name.</param>
    /// <param name="between">The longest time between two of what is counted; null where that is not known, and then a
    /// count reaches nowhere.</param>
    public static TimeSpan Of(
        IReadOnlyDictionary<string, RetentionRule> rules, string repository, TimeSpan? between)
        => rules.TryGetValue(repository, out var rule) && !rule.Forever
            ? new[]
            {
                rule.Age?.Longest ?? TimeSpan.Zero,
                between * (rule.Count ?? 0) ?? TimeSpan.Zero,
                TimeSpan.FromDays(rule.Daily ?? 0),
                TimeSpan.FromDays(DaysOfWeek * (rule.Weekly ?? 0)),
                Months(rule.Monthly ?? 0),
                Months(12 * (rule.Yearly ?? 0)),
            }.Max()
            : Forever;

    /// <summary>For people: <c>for 30d</c>, or <c>for ever</c>.</summary>
    public static string Words(TimeSpan reach) => reach == Forever ? "for ever" : $"for {reach.InPolicyWords}";

    static TimeSpan Months(int count)
        => count > 0 ? new Duration(count, DurationUnit.Months).Longest : TimeSpan.Zero;
}
