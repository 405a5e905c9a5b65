namespace TomoBackup.Cli.Output;

/// <summary>The two streams of a command and what stands behind them. Only this folder knows of the console.</summary>
interface ITerminal
{
    /// <summary>Data: what a script reads.</summary>
    TextWriter Out { get; }

    /// <summary>Progress, notes, warnings and errors.</summary>
    TextWriter Error { get; }

    /// <summary>Whether a person looks at <see cref="Out"/>.</summary>
    bool OutIsTerminal { get; }

    /// <summary>Whether a person looks at <see cref="Error"/>.</summary>
    bool ErrorIsTerminal { get; }

    /// <summary>Columns of the terminal behind <see cref="Error"/>; asked only where there is one.</summary>
    int Width { get; }
}
