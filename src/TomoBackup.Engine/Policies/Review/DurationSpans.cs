namespace TomoBackup.Policies.Review;

/// <summary>Lengths of durations. That of months depends on the calendar: a review takes what is worse.</summary>
static class DurationSpans
{
    const int MonthsOfLeapCycle = 48;

    static readonly DateTimeOffset LeapYear = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    extension(Duration duration)
    {
        /// <summary>The most that it may last.</summary>
        public TimeSpan Longest => Lengths(duration).Max();

        /// <summary>The least that it may last.</summary>
        public TimeSpan Shortest => Lengths(duration).Min();
    }

    extension(TimeSpan span)
    {
        /// <summary>As a policy writes durations, in two units at most: <c>20m</c>, <c>1h 30m</c>.</summary>
        public string InPolicyWords
        {
            get
            {
                (long Count, string Unit)[] parts =
                    [((long)span.TotalDays, "d"), (span.Hours, "h"), (span.Minutes, "m"), (span.Seconds, "s")];
                var words = parts
                    .SkipWhile(part => part.Count is 0)
                    .Take(2)
                    .Where(part => part.Count > 0)
                    .Select(part => $"{part.Count}{part.Unit}");

                return string.Join(' ', words) is { Length: > 0 } text ? text : "0s";
            }
        }
    }

    static IEnumerable<TimeSpan> Lengths(Duration duration)
        => Enumerable.Range(0, duration.Unit is DurationUnit.Months ? MonthsOfLeapCycle : 1)
            .Select(month => LeapYear.AddMonths(month))
            .Select(start => duration.After(start) - start);
}
