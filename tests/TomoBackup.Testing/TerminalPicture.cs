using System.Net;
using System.Text;
using Xunit;

namespace TomoBackup.Testing;

/// <summary>
/// What a terminal shows, in two forms: text with its escapes made visible, which is approved, and a page that a
/// browser turns into a picture, for the eyes of who approves. Pages are written where <c>TOMO_BACKUP_PICTURES</c>
/// names a folder.
/// </summary>
public static class TerminalPicture
{
    /// <summary>Each scene on a narrow and a wide terminal, without and with colour.</summary>
    public static TheoryData<string, int, bool> Cases(IEnumerable<string> scenes)
    {
        var cases = new TheoryData<string, int, bool>();

        foreach (var scene in scenes)
            foreach (var width in new[] { 80, 120 })
                foreach (var color in new[] { false, true })
                    cases.Add(scene, width, color);

        return cases;
    }

    const string Variable = "TOMO_BACKUP_PICTURES";

    static readonly Dictionary<string, string> Colors = new()
    {
        ["1;31"] = "color:#ff6b68;font-weight:bold",
        ["1;33"] = "color:#f1c453;font-weight:bold",
        ["1;36"] = "color:#5fd7d7;font-weight:bold",
        ["32"] = "color:#7ec97e",
        ["1"] = "color:#fff;font-weight:bold",
        ["2"] = "color:#8a8f98",
    };

    /// <summary>The text with each escape as a sign that can be read.</summary>
    public static string Visible(string text) => text.Replace('\e', '␛');

    /// <summary>Writes the page, where somebody wants to look.</summary>
    public static void Draw(string text, string name, int columns)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, $"{name}.html"), Page(text, columns));
    }

    static string Page(string text, int columns)
    {
        var body = new StringBuilder();

        foreach (var (index, part) in text.Split("\e[").Index())
        {
            var end = index == 0 ? -1 : part.IndexOf('m', StringComparison.Ordinal);

            if (index > 0)
                body.Append(part[..end] is "0" ? "</span>" : $"<span style=\"{Colors[part[..end]]}\">");

            body.Append(WebUtility.HtmlEncode(part[(end + 1)..]));
        }

        return $$"""
            <!doctype html><meta charset="utf-8"><style>
            body { background:#1b1d22; margin:12px }
            pre { color:#d6d9de; font:15px/1.25 "DejaVu Sans Mono",monospace; width:{{columns}}ch;
                border-right:1px dotted #444 }
            </style><pre>{{body}}</pre>
            """;
    }
}
