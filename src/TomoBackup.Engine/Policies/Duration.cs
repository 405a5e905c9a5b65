using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TomoBackup.Policies;

/// <summary>
/// A span of time as a policy writes it: <c>90s</c>, <c>15m</c>, <c>4h</c>, <c>30d</c>, <c>12mo</c>. Months are
/// calendar months, so a duration has a length only from a moment.
/// </summary>
/// <param name="Count">How many; above zero.</param>
/// <param name="Unit">Of what.</param>
public readonly record struct Duration(int Count, DurationUnit Unit)
{
    /// <summary>What a person should write instead, for messages.</summary>
    public const string Form = "a duration such as 90s, 15m, 4h, 30d or 12mo";

    /// <summary>Above a century nothing is meant seriously, and sums of moments would overflow.</summary>
    const int MaxYears = 100;

    /// <summary>Reads one; white space, signs, fractions and other units are refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Duration duration)
    {
        duration = default;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');

        if (digits < 1
            || UnitOf(text.AsSpan(digits)) is not { } unit
            || !int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count is 0
            || count > Most(unit))
            return false;

        duration = new Duration(count, unit);
        return true;
    }

    /// <summary>The moment that lies this long before another.</summary>
    public DateTimeOffset Before(DateTimeOffset moment)
        => Unit is DurationUnit.Months ? moment.AddMonths(-Count) : moment - Length;

    /// <summary>The moment that lies this long after another.</summary>
    public DateTimeOffset After(DateTimeOffset moment)
        => Unit is DurationUnit.Months ? moment.AddMonths(Count) : moment + Length;

    /// <summary>As it is written in a policy.</summary>
    public override string ToString() => $"{Count}{Suffix(Unit)}";

    TimeSpan Length => Unit switch
    {
        DurationUnit.Seconds => TimeSpan.FromSeconds(Count),
        DurationUnit.Minutes => TimeSpan.FromMinutes(Count),
        DurationUnit.Hours => TimeSpan.FromHours(Count),
        _ => TimeSpan.FromDays(Count),
    };

    static DurationUnit? UnitOf(ReadOnlySpan<char> suffix) => suffix switch
    {
        "s" => DurationUnit.Seconds,
        "m" => DurationUnit.Minutes,
        "h" => DurationUnit.Hours,
        "d" => DurationUnit.Days,
        "mo" => DurationUnit.Months,
        _ => null,
    };

    static string Suffix(DurationUnit unit) => unit switch
    {
        DurationUnit.Seconds => "s",
        DurationUnit.Minutes => "m",
        DurationUnit.Hours => "h",
        DurationUnit.Days => "d",
        _ => "mo",
    };

    static long Most(DurationUnit unit) => unit switch
    {
        DurationUnit.Seconds => MaxYears * 366L * 86_400,
        DurationUnit.Minutes => MaxYears * 366L * 1_440,
        DurationUnit.Hours => MaxYears * 366L * 24,
        DurationUnit.Days => MaxYears * 366L,
        _ => MaxYears * 12L,
    };
}

/// <summary>The units of a <see cref="Duration"/>.</summary>
public enum DurationUnit
{
    /// <summary><c>s</c></summary>
    Seconds,

    /// <summary><c>m</c></summary>
    Minutes,

    /// <summary><c>h</c></summary>
    Hours,

    /// <summary><c>d</c>: 24 hours, in UTC.</summary>
    Days,

    /// <summary><c>mo</c>: calendar months.</summary>
    Months,
}
