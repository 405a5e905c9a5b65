namespace TomoBackup.Postgres;

/// <summary>PostgreSQL counts timestamps in whole microseconds from the first second of the year 2000, UTC.</summary>
public static class PostgresTime
{
    static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// The moment of a timestamp as it stands in WAL, exact to its microsecond. PostgreSQL's range is wider than ours
    /// (to the year 294276): what lies outside is moved to the nearest end, so that a clock gone mad still sorts right.
    /// </summary>
    public static DateTimeOffset FromMicroseconds(long microseconds)
    {
        if (microseconds > (DateTimeOffset.MaxValue - Epoch).Ticks / TimeSpan.TicksPerMicrosecond)
            return DateTimeOffset.MaxValue;

        return microseconds < (DateTimeOffset.MinValue - Epoch).Ticks / TimeSpan.TicksPerMicrosecond
            ? DateTimeOffset.MinValue
            : Epoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
    }
}
