using System.Globalization;

namespace TomoBackup.Cli;

/// <summary>
/// A moment that a person wrote, to the microsecond, which is what PostgreSQL keeps. Without a zone it is UTC; it is
/// always printed back in UTC before anything is done with it.
/// </summary>
/// <param name="Utc">The moment, offset zero.</param>
readonly record struct PointInTime(DateTimeOffset Utc)
{
    /// <summary>What a person should write instead, for messages.</summary>
    public const string Form =
        "a time such as '2026-11-22 14:03', '2026-11-22 14:03:05.25Z' or '2026-11-22T14:03+01:00'";

    // The letter K takes nothing, 'Z' or an offset. "FFFFFF" takes up to six digits, and no more than six.
    static readonly string[] Formats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFK",
        "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFK",
    ];

    /// <summary>Reads one. Also taken: " UTC" behind it, as it is printed, and an offset in whole hours (+01), as
    /// PostgreSQL prints it.</summary>
    public static bool TryParse(string text, out PointInTime moment)
    {
        var isRead = DateTimeOffset.TryParseExact(
            Normal(text),
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var read);

        moment = isRead ? new PointInTime(read.ToUniversalTime()) : default;
        return isRead;
    }

    /// <summary><c>2026-11-22 14:03:05 UTC</c>, with as many of six digits behind the second as it has.</summary>
    public override string ToString()
        => Utc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + " UTC";

    static string Normal(string text)
    {
        if (text.EndsWith(" UTC", StringComparison.Ordinal) && !text.EndsWith("Z UTC", StringComparison.Ordinal))
            return text.Length > "yyyy-MM-dd UTC".Length ? text[..^4] + "Z" : text[..^4];

        return text.Length > "yyyy-MM-dd HH:mm".Length && text[^3] is '+' or '-' ? text + ":00" : text;
    }
}
