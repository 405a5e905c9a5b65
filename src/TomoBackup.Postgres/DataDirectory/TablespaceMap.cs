using System.Globalization;
using System.Text;

namespace TomoBackup.Postgres.DataDirectory;

/// <summary>A tablespace and the directory that its link in <c>pg_tblspc</c> leads to.</summary>
public readonly record struct TablespaceLocation(uint Oid, string Path);

/// <summary>
/// The content of <c>tablespace_map</c>. At the start of recovery the server makes its links from this file, so this
/// is the one place where tablespaces are moved.
/// </summary>
public sealed class TablespaceMap(IEnumerable<TablespaceLocation> locations)
{
    readonly TablespaceLocation[] _locations = [.. locations];

    /// <summary>The tablespaces in file order.</summary>
    public IReadOnlyList<TablespaceLocation> Locations => _locations;

    /// <summary>
    /// Reads <c>oid SPACE path LF</c> lines, in which a backslash stands before each backslash, LF and CR of a path.
    /// </summary>
    /// <exception cref="PostgresFormatException">PostgreSQL would refuse it.</exception>
    public static TablespaceMap Parse(ReadOnlySpan<char> text)
    {
        var locations = new List<TablespaceLocation>();
        var line = new StringBuilder();
        var isEscaped = false;

        foreach (var character in text)
        {
            if (!isEscaped && character == '\n')
            {
                locations.Add(ParseLine(line.ToString()));
                line.Clear();
                continue;
            }

            isEscaped = !isEscaped && character == '\\';

            if (!isEscaped)
                line.Append(character);
        }

        return line.Length == 0 && !isEscaped
            ? new TablespaceMap(locations)
            : throw new PostgresFormatException("tablespace map ends within a line");
    }

    /// <summary>The same tablespaces in other directories.</summary>
    public TablespaceMap Remap(Func<TablespaceLocation, string> newPath)
        => new(_locations.Select(location => location with { Path = newPath(location) }));

    /// <summary>The text that PostgreSQL reads.</summary>
    public string Format()
    {
        var text = new StringBuilder();

        foreach (var (oid, path) in _locations)
        {
            text.Append(CultureInfo.InvariantCulture, $"{oid} ");

            foreach (var character in path)
                _ = character is '\\' or '\n' or '\r' ? text.Append('\\').Append(character) : text.Append(character);

            text.Append('\n');
        }

        return text.ToString();
    }

    static TablespaceLocation ParseLine(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);

        if (space <= 0
            || space == line.Length - 1
            || !uint.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var oid))
            throw new PostgresFormatException($"tablespace map has a line '{line}' without number and path");

        return new TablespaceLocation(oid, line[(space + 1)..]);
    }
}
