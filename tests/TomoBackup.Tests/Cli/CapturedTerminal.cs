using TomoBackup.Cli.Output;

namespace TomoBackup.Tests.Cli;

/// <summary>Keeps what a command says.</summary>
sealed class CapturedTerminal(bool isTerminal = false, int width = 80) : ITerminal
{
    public StringWriter Spoken { get; } = new() { NewLine = "\n" };

    public StringWriter Complained { get; } = new() { NewLine = "\n" };

    public TextWriter Out => Spoken;

    public TextWriter Error => Complained;

    public bool OutIsTerminal => isTerminal;

    public bool ErrorIsTerminal => isTerminal;

    public int Width => width;
}
