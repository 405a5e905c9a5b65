using TomoBackup.Operations;

namespace TomoBackup.Cli.Output;

/// <summary>When a phase began and from where, for rate and time left.</summary>
sealed class PhaseClock(TimeProvider time, long startBytes)
{
    readonly long _start = time.GetTimestamp();

    /// <summary>Time since the phase began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Bytes since the phase began: what an earlier run had done does not count for the rate.</summary>
    public long Moved(OperationProgress value) => value.DoneBytes - startBytes;
}

/// <summary>The words of progress: percent, bytes, rate, time left.</summary>
static class ProgressText
{
    const int BarWidth = 20;

    /// <summary>Rate and time left mean nothing before.</summary>
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    /// <summary>0 to 100; null where the total is not known.</summary>
    public static int? Percent(OperationProgress value)
        => value.TotalBytes is { } total
            ? total is 0 ? 100 : (int)Math.Clamp(value.DoneBytes * 100.0 / total, 0, 100)
            : null;

    /// <summary>One line for a terminal of that width.</summary>
    public static string Bar(OperationProgress value, PhaseClock phase, int width)
    {
        var text = Percent(value) is { } percent
            ? $"{value.Phase} [{new string('#', percent / 5)}{new string('-', BarWidth - (percent / 5))}] "
            : $"{value.Phase} ";

        text += string.Join("  ", Parts(value, phase));

        if (value.Detail is { } detail)
            text += $"  {detail}";

        return text.Length > width ? text[..width] : text;
    }

    /// <summary>One line for a log.</summary>
    public static string Line(OperationProgress value, PhaseClock phase)
        => $"{value.Phase}: {string.Join(", ", Parts(value, phase))}";

    /// <summary>What a phase came to.</summary>
    public static string Conclusion(OperationProgress value, PhaseClock phase)
        => $"{value.Phase}: {Readable.Size(value.DoneBytes)} in {Readable.Span(phase.Elapsed)}"
            + (phase.Elapsed >= Settled ? $" ({Readable.Rate(phase.Moved(value), phase.Elapsed)})" : "");

    static IEnumerable<string> Parts(OperationProgress value, PhaseClock phase)
    {
        if (Percent(value) is { } percent)
            yield return $"{percent} %";

        yield return value.TotalBytes is { } total
            ? $"{Readable.Size(value.DoneBytes)} of {Readable.Size(total)}"
            : Readable.Size(value.DoneBytes);

        if (phase.Elapsed < Settled)
            yield break;

        yield return Readable.Rate(phase.Moved(value), phase.Elapsed);

        if (value.TotalBytes is { } all && phase.Moved(value) > 0 && value.DoneBytes < all)
        {
            var left = phase.Elapsed * ((all - value.DoneBytes) / (double)phase.Moved(value));
            yield return $"{Readable.Span(left)} left";
        }
    }
}
