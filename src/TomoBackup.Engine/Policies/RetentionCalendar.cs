namespace TomoBackup.Policies;

/// <summary>What the parts of a rule that count keep: expire removes by it, and status judges by it. Pure.</summary>
static class RetentionCalendar
{
    /// <summary>The part that counts backups themselves.</summary>
    public const string Newest = "newest";

    /// <summary>One part of a rule.</summary>
    /// <param name="Name"><see cref="Newest"/>, <c>day</c>, <c>week</c>, <c>month</c> or <c>year</c>.</param>
    /// <param name="Wanted">How many it keeps at most.</param>
    /// <param name="Kept">What it keeps of what is there.</param>
    public sealed record Part<T>(string Name, int Wanted, IReadOnlyList<T> Kept);

    /// <summary>The parts that a rule has; none where it goes by age alone, or keeps all.</summary>
    /// <param name="newestFirst">Good ones only, for a damaged one must never push a good one out.</param>
    public static IEnumerable<Part<T>> Parts<T>(
        RetentionRule rule, IReadOnlyList<T> newestFirst, Func<T, DateTimeOffset> moment)
    {
        if (rule.Count is { } count)
            yield return new Part<T>(Newest, count, [.. newestFirst.Take(count)]);

        foreach (var (name, periods, begin) in new (string, int?, Func<DateTime, DateTime>)[]
        {
            ("day", rule.Daily, static time => time.Date),
            ("week", rule.Weekly, static time => Monday(time.Date)),
            ("month", rule.Monthly, static time => new DateTime(time.Year, time.Month, 1)),
            ("year", rule.Yearly, static time => new DateTime(time.Year, 1, 1)),
        })
            if (periods is { } wanted)
                yield return new Part<T>(
                    name, wanted,
                    [.. newestFirst.DistinctBy(item => begin(moment(item).UtcDateTime)).Take(wanted)]);
    }

    static DateTime Monday(DateTime day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}
