using System.Text;
using TomoBackup.Cli.Output.Json;
using TomoBackup.Policies;

namespace TomoBackup.Cli.Output;

/// <summary>How the values of a policy are told: a tree in three columns, within 80.</summary>
static class PolicyText
{
    const int Columns = 80;
    const int OriginColumns = 10;
    const int MostNameColumns = 32;

    /// <summary>Every value, and the line or the default that set it.</summary>
    /// <param name="path">The policy file.</param>
    /// <param name="settings">What it says.</param>
    /// <param name="output">Where it is told.</param>
    public static void Show(string path, IReadOnlyList<PolicySetting> settings, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(PolicyShowDocument.Of(path, settings), ReportJson.Plain.PolicyShowDocument);
            return;
        }

        var nameColumns = Math.Min(settings.Max(setting => NameOf(setting).Length) + 2, MostNameColumns);

        output.Say($"{"SET BY",-OriginColumns}{"SETTING".PadRight(nameColumns)}VALUE");

        foreach (var setting in settings)
            foreach (var line in Rows(setting, nameColumns))
                output.Say(line);
    }

    static IEnumerable<string> Rows(PolicySetting setting, int nameColumns)
    {
        var name = NameOf(setting);
        var origin = setting.Line is { } line ? $"line {line}" : "default";
        var start = $"{origin,-OriginColumns}{name.PadRight(nameColumns)}";
        var hang = new string(' ', OriginColumns + nameColumns);
        var value = setting.Value ?? (setting.Absent is { } absent ? $"({absent})" : "");

        if (name.Length >= nameColumns && value.Length > 0)
        {
            yield return start.TrimEnd();
            start = hang;
        }

        foreach (var part in Wrapped(Printable(value), Columns - hang.Length))
        {
            yield return (start + part).TrimEnd();
            start = hang;
        }
    }

    // At blanks where there are some; a path or a key that is longer is cut, for it must fit.
    static IEnumerable<string> Wrapped(string text, int columns)
    {
        while (text.Length > columns)
        {
            var blank = text.LastIndexOf(' ', columns);
            var end = blank > 0 ? blank : columns;
            yield return text[..end];
            text = text[end..].TrimStart(' ');
        }

        yield return text;
    }

    static string NameOf(PolicySetting setting) => new string(' ', 2 * setting.Depth) + Printable(setting.Name);

    static string Printable(string text)
    {
        var shown = new StringBuilder(text.Length);

        foreach (var letter in text)
            shown.Append(letter is '\n' or '\t' ? ' ' : char.IsControl(letter) ? '?' : letter);

        return shown.ToString();
    }
}
