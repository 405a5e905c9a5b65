using System.Globalization;

namespace TomoBackup.Cli.Output;

/// <summary>Lays moments out on columns, with ticks at round times of UTC. Pure.</summary>
/// <param name="from">Moment of the first column.</param>
/// <param name="to">Moment of the last column; later than the first.</param>
/// <param name="columns">How many there are; at least two.</param>
sealed class TimeAxis(DateTimeOffset from, DateTimeOffset to, int columns)
{
    /// <summary>Columns that a label and the blanks around it take.</summary>
    const int LabelRoom = 14;

    static readonly TimeSpan Day = TimeSpan.FromDays(1);

    static readonly TimeSpan[] Steps =
    [
        .. new[] { 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720 }.Select(m => TimeSpan.FromMinutes(m)),
        .. new[] { 1, 2, 7, 14, 28, 91, 182, 364, 728, 3640 }.Select(d => TimeSpan.FromDays(d)),
    ];

    /// <summary>The column of a moment; the nearest one where it lies outside.</summary>
    public int ColumnOf(DateTimeOffset moment)
        => Math.Clamp((int)Math.Round((moment - from) / (to - from) * (columns - 1)), 0, columns - 1);

    /// <summary>The ticks that fit, each with its column and label.</summary>
    public IReadOnlyList<(int Column, string Label)> Ticks()
    {
        var step = Steps.FirstOrDefault(s => s / (to - from) * (columns - 1) >= LabelRoom, Steps[^1]);
        var first = new DateTimeOffset((from.UtcTicks / step.Ticks + 1) * step.Ticks, TimeSpan.Zero);
        var ticks = new List<(int, string)>();
        DateOnly? day = null;

        for (var at = first; at <= to; at += step)
        {
            ticks.Add((ColumnOf(at), Label(at, step, day)));
            day = DateOnly.FromDateTime(at.UtcDateTime);
        }

        return ticks;
    }

    /// <summary>A day is said once; hours stand alone behind it.</summary>
    static string Label(DateTimeOffset at, TimeSpan step, DateOnly? before)
        => at.UtcDateTime.ToString(
            step >= Day ? "yyyy-MM-dd" : DateOnly.FromDateTime(at.UtcDateTime) == before ? "HH:mm" : "MM-dd HH:mm",
            CultureInfo.InvariantCulture);
}
