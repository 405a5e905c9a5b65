namespace TomoBackup.Storage.S3;

/// <summary>How far the service's clock is from ours, by the last answer that showed it. To a second, for that is how
/// answers show it.</summary>
sealed class ServerClock(TimeProvider time)
{
    const long Unknown = long.MinValue;

    long _ticks = Unknown;

    /// <summary>Theirs less ours; null before the first answer.</summary>
    public TimeSpan? Difference => Interlocked.Read(ref _ticks) is > Unknown and var ticks ? new TimeSpan(ticks) : null;

    public void Note(DateTimeOffset? theirs)
    {
        if (theirs is { } shown)
            Interlocked.Exchange(
                ref _ticks, (long)Math.Round((shown - time.GetUtcNow()).TotalSeconds) * TimeSpan.TicksPerSecond);
    }
}
