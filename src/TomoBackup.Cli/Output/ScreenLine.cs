using System.Text;

namespace TomoBackup.Cli.Output;

/// <summary>One line of a screen while it is put together: its width counts letters, never colours.</summary>
sealed class ScreenLine
{
    readonly List<(string Text, Tone Tone)> _parts = [];

    /// <summary>A blank at which <see cref="Wrap"/> does not break.</summary>
    public const char Unbroken = '\u00a0';

    /// <summary>Columns so far.</summary>
    public int Width { get; private set; }

    /// <summary>Adds text. What other people wrote may hold control characters, which must not reach the
    /// terminal.</summary>
    public ScreenLine Add(string text, Tone tone = Tone.Plain)
    {
        var printable = string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
        _parts.Add((printable, tone));
        Width += printable.Length;
        return this;
    }

    /// <summary>Adds blanks up to a column, and one where the line is there already.</summary>
    public ScreenLine PadTo(int column)
        => column > Width ? Add(new string(' ', column - Width)) : column == Width ? this : Add(" ");

    /// <summary>As it is written.</summary>
    public string Draw(bool color)
    {
        var text = new StringBuilder();

        foreach (var (part, tone) in _parts)
            text.Append(color && part.AsSpan().ContainsAnyExcept(' ') ? Paint.In(tone, part) : part);

        return text.ToString().TrimEnd(' ');
    }

    /// <summary>Breaks text at blanks into lines of at most a width; a longer word stands alone and stays
    /// whole, so that it can be copied.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();

        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.Replace(Unbroken, ' ').ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.Replace(Unbroken, ' ').ToString();
    }
}

/// <summary>What a colour stands for.</summary>
enum Tone
{
    /// <summary>None.</summary>
    Plain,

    /// <summary>Broken.</summary>
    Bad,

    /// <summary>In danger.</summary>
    Risky,

    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>A title.</summary>
    Strong,

    /// <summary>Beside the point.</summary>
    Faint,
}
