using System.Text;

namespace TomoBackup.Policies;

/// <summary>One thing that is wrong in a policy file.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Message">What is wrong: lower case, no full stop, never a secret.</param>
/// <param name="Excerpt">The line of the file and a caret below the place, without what may be secret.</param>
public sealed record PolicyFinding(int Line, int Column, string Message, string Excerpt);

/// <summary>Collects everything that is wrong, so that one run of the editor can correct it all.</summary>
sealed class PolicyFindings(string text)
{
    /// <summary>A reader gives up on a wrong file after so many; a binary file would have thousands.</summary>
    public const int Limit = 50;

    readonly string[] _lines = text.Split('\n');
    readonly List<(TextPosition At, string Message)> _found = [];
    readonly List<TextPosition> _hidden = [];

    public bool IsEmpty => _found.Count is 0;

    public void Add(TextPosition at, string message) => _found.Add((at, message));

    /// <summary>For a place whose text may hold a secret.</summary>
    public void AddBesideSecret(TextPosition at, string message)
    {
        Hide(at);
        Add(at, message);
    }

    /// <summary>From here to the end of its line nothing is ever shown, whatever else is found there.</summary>
    public void Hide(TextPosition at) => _hidden.Add(at);

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<PolicyFinding> ToList()
        => [.. _found.OrderBy(entry => entry.At).Take(Limit).Select(entry => Draw(entry.At, entry.Message))];

    PolicyFinding Draw(TextPosition at, string message)
    {
        var end = _hidden.Where(place => place.Line == at.Line).Select(place => place.Column).DefaultIfEmpty().Min();
        return new PolicyFinding(at.Line, at.Column, message, SourceExcerpt.Of(LineAt(at), at, end));
    }

    string LineAt(TextPosition at)
        => at.Line >= 1 && at.Line <= _lines.Length ? _lines[at.Line - 1].TrimEnd('\r') : "";
}

/// <summary>
/// A line of the file with a caret. A policy holds no secret, but this is also printed when somebody wrote one into
/// it, and standard error ends in logs and mails: so what stands behind the words below is never shown.
/// </summary>
static class SourceExcerpt
{
    const int MaxWidth = 100;

    static readonly string[] BeforeSecrets = ["connection:", "passw", "AGE-SECRET-KEY-", "secret", "://"];

    /// <summary>Draws a line up to a column; to its end where that is 0.</summary>
    public static string Of(string line, TextPosition at, int hiddenFrom)
    {
        var masked = Mask(line);
        return Draw(
            hiddenFrom is 0 || masked.Length < hiddenFrom ? masked : masked[..(hiddenFrom - 1)] + "…", at);
    }

    static string Mask(string line)
    {
        var end = BeforeSecrets
            .Select(word => (word, at: line.IndexOf(word, StringComparison.OrdinalIgnoreCase)))
            .Where(hit => hit.at >= 0 && (hit.word is not "://" || line.IndexOf('@', hit.at) > 0))
            .Select(hit => hit.at + hit.word.Length)
            .DefaultIfEmpty(line.Length)
            .Min();

        return end < line.Length ? line[..end] + "…" : line;
    }

    static string Draw(string line, TextPosition at)
    {
        var shown = new StringBuilder();

        foreach (var letter in line.Length > MaxWidth ? line.AsSpan(0, MaxWidth) : line)
            shown.Append(letter is '\t' ? ' ' : char.IsControl(letter) ? '?' : letter);

        var number = $"{at.Line,5}";
        var caret = new string(' ', Math.Clamp(at.Column - 1, 0, shown.Length));
        return $"{number} | {shown}\n{new string(' ', number.Length)} | {caret}^";
    }
}
