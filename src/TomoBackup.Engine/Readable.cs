using System.Globalization;

namespace TomoBackup;

/// <summary>Numbers as people read them: binary sizes, spans in two units, times in UTC.</summary>
static class Readable
{
    static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary><c>512 B</c>, <c>1.5 GiB</c>.</summary>
    public static string Size(long bytes)
    {
        var size = (double)bytes;
        var unit = 0;

        // what would round to 1024.0 belongs to the next unit
        for (; Math.Abs(size) >= (unit is 0 ? 1024 : 1023.95) && unit < Units.Length - 1; unit++)
            size /= 1024;

        return unit is 0 ? $"{bytes} B" : $"{size:F1} {Units[unit]}";
    }

    /// <summary><c>310.4 MiB/s</c>; unknown where no time has passed.</summary>
    public static string Rate(long bytes, TimeSpan during)
        => during > TimeSpan.Zero ? $"{Size((long)(bytes / during.TotalSeconds))}/s" : "? B/s";

    /// <summary><c>850 ms</c>, <c>4.2 s</c>, <c>2 min 05 s</c>, <c>3 h 07 min</c>, <c>2 d 4 h</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 0.9995 } => $"{Math.Round(span.TotalMilliseconds)} ms",
        { TotalSeconds: < 9.95 } => $"{span.TotalSeconds:F1} s",
        _ => InTwoUnits(TimeSpan.FromSeconds(Math.Round(span.TotalSeconds))),
    };

    /// <summary>How long ago, in one unit: <c>12 s ago</c>, <c>3 h ago</c>; <c>in 5 min</c> where a clock is
    /// wrong.</summary>
    public static string Age(DateTimeOffset moment, DateTimeOffset now)
    {
        var age = now - moment;
        var length = OneUnit(age.Duration());
        return length is "0 s" ? "just now" : age < TimeSpan.Zero ? $"in {length}" : $"{length} ago";
    }

    /// <summary><c>2026-11-22 14:03:05 UTC</c>.</summary>
    public static string Time(DateTimeOffset moment)
        => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    static string InTwoUnits(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{span.Seconds} s",
        { TotalMinutes: < 60 } => $"{span.Minutes} min {span.Seconds:D2} s",
        { TotalHours: < 24 } => $"{span.Hours} h {span.Minutes:D2} min",
        _ => $"{span.Days} d {span.Hours} h",
    };

    static string OneUnit(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} d",
    };
}
