using System.Text;

namespace TomoBackup.Cli.Output;

/// <summary>One column: its title, and whether its cells are numbers.</summary>
readonly record struct Column(string Title, bool AlignRight = false);

/// <summary>Rows under titles, aligned by blanks: the same text for a person and for <c>awk</c>.</summary>
sealed class Table(params Column[] columns)
{
    const string Gap = "  ";

    readonly List<string[]> _rows = [];

    /// <summary>Adds a row with one cell for each column.</summary>
    public void Add(params string[] cells)
        => _rows.Add(cells.Length == columns.Length
            ? Array.ConvertAll(cells, Printable)
            : throw new ArgumentException($"{columns.Length} cells expected, not {cells.Length}", nameof(cells)));

    /// <summary>The whole table, each line with its end.</summary>
    public string Draw(bool boldTitles)
    {
        var titles = Array.ConvertAll(columns, column => column.Title);
        var widths = Enumerable.Range(0, columns.Length)
            .Select(column => _rows.Append(titles).Max(row => row[column].Length))
            .ToArray();

        var text = new StringBuilder();
        text.Append(Paint.Bold(Line(titles, widths), boldTitles)).Append('\n');

        foreach (var row in _rows)
            text.Append(Line(row, widths)).Append('\n');

        return text.ToString();
    }

    string Line(string[] cells, int[] widths)
    {
        var padded = cells.Select((cell, at) =>
            columns[at].AlignRight ? cell.PadLeft(widths[at]) : cell.PadRight(widths[at]));

        return string.Join(Gap, padded).TrimEnd(' ');
    }

    // Labels come from other people: an escape sequence in one must not reach the terminal.
    static string Printable(string cell)
        => cell.AsSpan().ContainsAnyInRange('\0', '\x1f') || cell.AsSpan().ContainsAnyInRange('\x7f', '\x9f')
            ? string.Concat(cell.Select(letter => char.IsControl(letter) ? '?' : letter))
            : cell;
}
