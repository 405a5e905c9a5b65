using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace TomoBackup.Policies;

/// <summary>When something runs: a cron expression of five fields, read in UTC as every time of a policy is.</summary>
public sealed class Schedule : IEquatable<Schedule>
{
    /// <summary>What a person should write instead, for messages.</summary>
    public const string Form = "a cron expression of five fields in UTC, such as \"0 2 * * *\"";

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
/// did; exactly one of the two.</summary>
/// <param name="At">The schedule.</param>
/// <param name="Every">The span.</param>
public sealed record Rhythm(Schedule? At, Duration? Every);
