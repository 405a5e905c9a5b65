using System.CommandLine;
using System.Globalization;
using TomoBackup.Cli.Verbs;

namespace TomoBackup.Cli;

/// <summary>
/// Answers <c>tomo-backup "[suggest:N]" "the whole line"</c>, which the scripts of <c>completion</c> call: the words
/// that may stand at position N, one a line. The same question as System.CommandLine's own directive.
/// </summary>
static class Completions
{
    const string Start = "[suggest:";

    /// <summary>False where the command line is no such question.</summary>
    public static bool TryAnswer(IReadOnlyList<string> arguments, ParserConfiguration parser, TextWriter output)
    {
        if (arguments is not [var question, var line, ..]
            || !question.StartsWith(Start, StringComparison.Ordinal)
            || !question.EndsWith(']')
            || !int.TryParse(question[Start.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            return false;

        foreach (var word in Words(line[..Math.Min(at, line.Length)], parser))
            output.Write(word + "\n");

        output.Flush();
        return true;
    }

    static IEnumerable<string> Words(string line, ParserConfiguration parser)
    {
        // The first word is the program, under whatever path it was called; the last one is being typed.
        var program = line.IndexOf(' ', StringComparison.Ordinal);

        if (program < 0)
            return [];

        var last = line.LastIndexOf(' ');
        var typed = line[program..(last + 1)];
        var word = line[(last + 1)..];

        return VerbCatalog.Root()
            .Parse(typed, parser)
            .GetCompletions(typed.Length)
            .Select(item => item.Label)
            .Where(label => label.StartsWith(word, StringComparison.Ordinal))
            .Where(label => label.StartsWith('-') == word.StartsWith('-'))
            .Order(StringComparer.Ordinal);
    }
}
