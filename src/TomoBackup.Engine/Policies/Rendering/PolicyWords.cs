using System.Globalization;

namespace TomoBackup.Policies.Rendering;

/// <summary>How values of a policy read in a sentence.</summary>
static class PolicyWords
{
    // Cron counts Sunday as 0 and as 7.
    static readonly string[] Days =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <summary><c>15 minutes</c>.</summary>
    public static string Of(Duration duration)
    {
        var unit = duration.Unit.ToString().ToLowerInvariant();
        return $"{duration.Count} {(duration.Count is 1 ? unit.TrimEnd('s') : unit)}";
    }

    /// <summary><c>every Sunday at 03:00 UTC</c>; the cron expression where it is not one of the usual ones.</summary>
    public static string Of(Schedule schedule)
    {
        var fields = schedule.Text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

        return fields is [var minute, var hour, "*", "*", var day] && Number(minute) is { } m
            ? (hour, Number(hour), DayOf(day)) switch
            {
                ("*", _, "") => $"every hour at {m:00} minutes past (UTC)",
                (_, { } h, "") => $"every day at {h:00}:{m:00} UTC",
                (_, { } h, { } name) => $"every {name} at {h:00}:{m:00} UTC",
                (_, null, "") when HoursOf(hour) is var (from, to)
                    => $"every hour from {from:00}:{m:00} to {to:00}:{m:00} UTC",
                _ => Plain(schedule),
            }
            : Plain(schedule);
    }

    /// <summary><c>every 12 months</c>, or the schedule.</summary>
    public static string Of(Rhythm rhythm)
        => rhythm.At is { } at ? Of(at)
            : rhythm.Every is { } every ? $"every {Of(every)}"
            : rhythm.AfterChange is { } after ? $"after each change, within {Of(after)}"
            : "never";

    /// <summary><c>7 days</c>; <c>the newest of each of 12 months and the newest 3</c>.</summary>
    public static string Of(RetentionRule? rule)
    {
        if (rule is null or { Forever: true })
            return "for ever";

        var parts = new List<string>();

        if (rule.Age is { } age)
            parts.Add(Of(age));

        if (rule.Count is { } count)
            parts.Add($"the newest {count}");

        foreach (var (number, unit) in new[]
        {
            (rule.Daily, "days"), (rule.Weekly, "weeks"), (rule.Monthly, "months"), (rule.Yearly, "years"),
        })
            if (number is { } much)
                parts.Add($"one of each of the last {much} {unit}");

        return string.Join(", and ", parts);
    }

    /// <summary>As the policy writes it.</summary>
    public static string Of(LockMode mode) => mode is LockMode.Compliance ? "compliance" : "governance";

    /// <summary>Where a secret is read, without it.</summary>
    public static string Of(SecretReference? secret) => secret switch
    {
        { File: { } file } => $"the file {file}",
        { Credential: { } name } => $"the systemd credential {name}",
        { Command: not null } => "a command",
        _ => "nowhere",
    };

    /// <summary><c>a</c>, <c>a and b</c>, <c>a, b and c</c>.</summary>
    public static string List(IReadOnlyList<string> words)
        => words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}";

    /// <summary>A date as it is written, or a word for none.</summary>
    public static string Of(DateOnly? date)
        => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "not said";

    static string Plain(Schedule schedule) => $"at the times of cron “{schedule.Text}” (UTC)";

    static int? Number(string field)
        => int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    static string? DayOf(string field)
        => field is "*" ? "" : Number(field) is { } day and < 8 ? Days[day] : null;

    static (int From, int To)? HoursOf(string field)
        => field.Split('-') is [var from, var to] && Number(from) is { } first && Number(to) is { } last
            ? (first, last)
            : null;
}
