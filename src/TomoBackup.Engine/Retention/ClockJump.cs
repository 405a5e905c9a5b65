namespace TomoBackup.Retention;

/// <summary>A silence in what a repository and this host remember. A clock that leaps ahead leaves one: whatever is
/// stored afterwards is young, and all that came before is suddenly old.</summary>
/// <param name="Before">The last that was stored, or the last run, before it.</param>
/// <param name="After">The first that was stored after it.</param>
sealed record ClockJump(DateTimeOffset Before, DateTimeOffset After)
{
    /// <summary>The newest silence that is longer than <see cref="ExpireGuards.LongestSilence"/> and that no run has
    /// passed yet; null for none. A run that was allowed to go on is remembered, and with it that the silence was
    /// true.</summary>
    /// <param name="stored">When things were stored, in any order.</param>
    /// <param name="lastRun">When this host last expired something here; null where it does not remember.</param>
    public static ClockJump? Find(IEnumerable<DateTimeOffset> stored, DateTimeOffset? lastRun)
    {
        DateTimeOffset? before = null;
        ClockJump? found = null;

        foreach (var moment in stored.Concat(lastRun is { } run ? [run] : []).Order())
        {
            if (before is { } last && moment - last > ExpireGuards.LongestSilence && !(moment <= lastRun))
                found = new ClockJump(last, moment);

            before = moment;
        }

        return found;
    }
}
