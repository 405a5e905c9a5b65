using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace TomoBackup.Policies;

/// <summary>When something runs: a cron expression of five fields, read in UTC as every time of a policy is.</summary>
public sealed class Schedule : IEquatable<Schedule>
{
    /// <summary>What a person should write instead, for messages.</summary>
    public const string Form = "a cron expression of five fields in UTC, such as \"0 2 * * *\"";

    static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
    };

    readonly CronExpression _cron;

    Schedule(string text, CronExpression cron) => (Text, _cron) = (text, cron);

    /// <summary>As it is written in a policy.</summary>
    public string Text { get; }

    /// <summary>Reads one; names of months and days are allowed, seconds and macros are not.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Schedule? schedule)
    {
        schedule = text is not null && !text.StartsWith('@') && CronExpression.TryParse(text, out var cron)
            ? new Schedule(text, cron)
            : null;

        return schedule is not null;
    }

    /// <summary>What is wrong with a text that should be one: a sentence for people; null where nothing is, and the
    /// schedule runs now and then.</summary>
    public static string? FaultOf(string text)
    {
        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

        if (Macros.TryGetValue(text.Trim(), out var meant))
            return $"'{text}' is a macro; write it out: \"{meant}\"";

        if (fields.Length is not 5)
            return $"'{text}' has {fields.Length} field{(fields.Length is 1 ? "" : "s")}; a schedule is {Form}"
                + (fields.Length is 6 ? $"; did you mean \"{string.Join(' ', fields[1..])}\"?" : "");

        try
        {
            return CronExpression.Parse(text).GetNextOccurrence(DateTime.UnixEpoch) is null
                ? $"'{text}' never runs: no such day comes"
                : null;
        }
        catch (CronFormatException wrong)
        {
            return $"'{text}' is not {Form}: {wrong.Message.TrimEnd('.')}";
        }
    }

    /// <summary>The first run after a moment; null where it never runs, as on the 30th of February.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
        => _cron.GetNextOccurrence(after.UtcDateTime) is { } next ? new DateTimeOffset(next) : null;

    /// <summary>The runs from a moment on to another, both exclusive, oldest first.</summary>
    public IEnumerable<DateTimeOffset> Between(DateTimeOffset after, DateTimeOffset before)
    {
        for (var next = Next(after); next < before; next = Next(next.Value))
            yield return next.Value;
    }

    /// <summary>True where a run fell after one moment and not after the other.</summary>
    public bool IsDue(DateTimeOffset last, DateTimeOffset now) => Next(last) <= now;

    /// <inheritdoc/>
    public bool Equals(Schedule? other) => other is not null && other.Text == Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Schedule);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>How often something runs: at the times of a schedule, or again when a span of time has passed since it last
/// did, or after each change; exactly one of the three.</summary>
/// <param name="At">The schedule.</param>
/// <param name="Every">The span.</param>
public sealed record Rhythm(Schedule? At, Duration? Every)
{
    /// <summary>At most that long after a change; only for what is beside the clusters.</summary>
    public Duration? AfterChange { get; init; }
}
