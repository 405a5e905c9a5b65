using System.Text;

namespace TomoBackup.Policies.Rendering;

/// <summary>Text on one line: line ends and other control characters, which could end a block or reach a terminal, are
/// blanks.</summary>
static class OneLine
{
    public static string Of(string text)
    {
        if (!text.Any(char.IsControl))
            return text;

        var line = new StringBuilder(text.Length);

        foreach (var letter in text)
            line.Append(char.IsControl(letter) ? ' ' : letter);

        return line.ToString();
    }
}
