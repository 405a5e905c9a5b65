using System.Globalization;

namespace TomoBackup.Policies.Declaration;

/// <summary>What a person meant by a duration that is none: <c>15 min</c>, <c>2w</c>, <c>300</c>.</summary>
static class DurationGuess
{
    static readonly (string[] Words, int Factor, string Unit)[] Units =
    [
        (["", "s", "sec", "secs", "second", "seconds"], 1, "s"),
        (["m", "min", "mins", "minute", "minutes"], 1, "m"),
        (["h", "hr", "hrs", "hour", "hours"], 1, "h"),
        (["d", "day", "days"], 1, "d"),
        (["w", "wk", "week", "weeks"], 7, "d"),
        (["mo", "mon", "month", "months"], 1, "mo"),
        (["y", "yr", "year", "years"], 12, "mo"),
    ];

    /// <summary>The duration that was probably meant; null where there is no guess.</summary>
    public static string? Of(string text)
    {
        var words = text.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        var digits = words.AsSpan().IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : words.Length;
        var (_, factor, unit) = Array.Find(Units, row => row.Words.Contains(words[digits..]));

        return unit is not null
            && int.TryParse(words.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && Duration.TryParse($"{(long)count * factor}{unit}", out var duration)
                ? $"{duration}"
                : null;
    }

    /// <summary>The same where <c>forever</c> may stand as well: what is kept is counted in days.</summary>
    public static string? OrForever(string text)
        => Of(text.AsSpan().ContainsAnyExceptInRange('0', '9') ? text : $"{text}d")
            ?? NearestWord.Find(text, ["forever"]);
}
