namespace TomoBackup.Cli.Output;

/// <summary>How a screen is drawn.</summary>
/// <param name="Width">Columns; no line is wider unless a single word is.</param>
/// <param name="Color">Whether colours are allowed. They never say what no word or sign says.</param>
/// <param name="Glyphs">The signs that lines are drawn with.</param>
sealed record ScreenStyle(int Width, bool Color, Glyphs Glyphs);

/// <summary>The signs that screens are drawn with.</summary>
sealed record Glyphs
{
    public required string Missed { get; init; }

    public required string AtRisk { get; init; }

    public required string NotMeasured { get; init; }

    public required string Held { get; init; }

    /// <summary>Before what to do next.</summary>
    public required string Next { get; init; }

    /// <summary>Every moment can be reached.</summary>
    public required char Reachable { get; init; }

    /// <summary>No moment can be reached.</summary>
    public required char Gap { get; init; }

    /// <summary>The end of the archive.</summary>
    public required char End { get; init; }

    /// <summary>A timeline is left here by another below.</summary>
    public required char ForkFrom { get; init; }

    /// <summary>A timeline begins here, from one above.</summary>
    public required char ForkTo { get; init; }

    /// <summary>On the way between the two.</summary>
    public required char ForkThrough { get; init; }

    /// <summary>A mark on the axis.</summary>
    public required char Tick { get; init; }

    /// <summary>The axis.</summary>
    public required char Axis { get; init; }

    /// <summary>Of a terminal that knows Unicode.</summary>
    public static Glyphs Unicode { get; } = new()
    {
        Missed = "✗",
        AtRisk = "!",
        NotMeasured = "?",
        Held = "✓",
        Next = "→",
        Reachable = '━',
        Gap = '·',
        End = '▶',
        ForkFrom = '┳',
        ForkTo = '┗',
        ForkThrough = '┃',
        Tick = '┬',
        Axis = '─',
    };

    /// <summary>Of any terminal.</summary>
    public static Glyphs Ascii { get; } = new()
    {
        Missed = "x",
        AtRisk = "!",
        NotMeasured = "?",
        Held = "+",
        Next = "->",
        Reachable = '=',
        Gap = '.',
        End = '>',
        ForkFrom = '+',
        ForkTo = '`',
        ForkThrough = '|',
        Tick = '+',
        Axis = '-',
    };

    /// <summary>What the locale of the surroundings can show; the first of POSIX's three variables that is set
    /// counts.</summary>
    public static Glyphs Of(Func<string, string?> environment)
    {
        foreach (var name in new[] { "LC_ALL", "LC_CTYPE", "LANG" })
            if (environment(name) is { Length: > 0 } locale)
                return locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase)
                    || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase)
                        ? Unicode
                        : Ascii;

        return Ascii;
    }
}
