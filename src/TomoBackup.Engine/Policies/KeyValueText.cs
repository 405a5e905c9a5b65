using System.Text;

namespace TomoBackup.Policies;

/// <summary>
/// libpq's <c>key = value</c> text: pairs between white space, blanks around '=' allowed, values in single quotes
/// where they hold blanks, a backslash before a quote or backslash
/// (https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE).
/// </summary>
ref struct KeyValueText
{
    readonly ReadOnlySpan<char> _text;
    int _at;

    KeyValueText(ReadOnlySpan<char> text) => _text = text;

    /// <summary>The pairs up to the first fault, which quotes no value.</summary>
    public static IReadOnlyList<(string Key, string Value)> Split(string text, out string? fault)
    {
        var pairs = new List<(string, string)>();
        var reader = new KeyValueText(text);
        fault = text.Contains("://", StringComparison.Ordinal) && !text.Contains('=', StringComparison.Ordinal)
            || text.StartsWith("postgres", StringComparison.Ordinal) && text.Contains("://", StringComparison.Ordinal)
                ? "connection is an address; write it as key=value pairs: host=… port=… user=… dbname=…"
                : null;

        while (fault is null && reader.SkipBlanks())
        {
            if (reader.Key() is not { } key)
                fault = "connection has a word without '='; write key=value pairs";
            else if (reader.Value() is not { } value)
                fault = $"connection's '{key}' has a quote that is never closed";
            else
                pairs.Add((key, value));
        }

        return pairs;
    }

    bool SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;

        return _at < _text.Length;
    }

    string? Key()
    {
        var start = _at;

        while (_at < _text.Length && _text[_at] != '=' && !char.IsWhiteSpace(_text[_at]))
            _at++;

        var key = _text[start.._at].ToString();

        if (key.Length is 0 || !SkipBlanks() || _text[_at] != '=')
            return null;

        _at++;
        return key;
    }

    string? Value()
    {
        var value = new StringBuilder();
        var quoted = SkipBlanks() && _text[_at] == '\'';

        if (quoted)
            _at++;

        for (; _at < _text.Length; _at++)
        {
            var letter = _text[_at];

            if (quoted ? letter == '\'' : char.IsWhiteSpace(letter))
            {
                _at += quoted ? 1 : 0;
                return value.ToString();
            }

            if (letter == '\\' && _at + 1 < _text.Length)
                letter = _text[++_at];

            value.Append(letter);
        }

        return quoted ? null : value.ToString();
    }
}
