namespace TomoBackup.Setup;

/// <summary>Values and names as SQL writes them.</summary>
static class SqlText
{
    /// <summary>A string constant; with backslashes in the form that does not depend on
    /// standard_conforming_strings.</summary>
    public static string Literal(string value)
    {
        var quoted = value.Replace("'", "''", StringComparison.Ordinal);

        return value.Contains('\\', StringComparison.Ordinal)
            ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'"
            : $"'{quoted}'";
    }

    /// <summary>A name, always quoted, so that no list of keywords is needed.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
