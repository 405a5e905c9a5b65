using System.Text;

namespace TomoBackup.Postgres.Server;

/// <summary>
/// libpq's <c>key = value</c> grammar (conninfo_parse in fe-connect.c): blanks around '=' are allowed, a value with
/// blanks stands in single quotes, a backslash takes the next character as it is.
/// </summary>
static class ConnectionWords
{
    public static IEnumerable<(string Key, string Value)> Split(string text)
    {
        var at = 0;

        while (SkipBlanks(text, ref at))
            yield return (Key(text, ref at), Value(text, ref at));
    }

    static bool SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;

        return at < text.Length;
    }

    static string Key(string text, ref int at)
    {
        var start = at;

        while (at < text.Length && text[at] != '=' && !char.IsWhiteSpace(text[at]))
            at++;

        var key = text[start..at];

        if (!SkipBlanks(text, ref at) || text[at] != '=')
            throw new FormatException($"connection has no '=' behind '{key}'");

        at++;
        return key;
    }

    static string Value(string text, ref int at)
    {
        if (!SkipBlanks(text, ref at))
            return "";

        var quoted = text[at] == '\'';
        var value = new StringBuilder();

        for (at += quoted ? 1 : 0; at < text.Length; at++)
        {
            if (quoted ? text[at] == '\'' : char.IsWhiteSpace(text[at]))
            {
                at++;
                return value.ToString();
            }

            if (text[at] == '\\' && ++at == text.Length)
                break;

            value.Append(text[at]);
        }

        return quoted ? throw new FormatException("connection has a quote without its end") : value.ToString();
    }
}
