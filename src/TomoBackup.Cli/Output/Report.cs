using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TomoBackup.Cli.Output.Json;

namespace TomoBackup.Cli.Output;

/// <summary>How a person or a script wants to be told.</summary>
/// <param name="Json">One documented object on stdout instead of text; errors and warnings as objects on
/// stderr.</param>
/// <param name="Quiet">No notes and no progress; warnings and errors stay.</param>
/// <param name="Verbose">Details too, and the stack of a failure.</param>
/// <param name="Color">Colours are allowed where a person looks.</param>
sealed record ReportMode(bool Json = false, bool Quiet = false, bool Verbose = false, bool Color = true);

/// <summary>Everything that a command says, to the right stream in the right form.</summary>
sealed class Report(ITerminal terminal, ReportMode mode)
{
    /// <summary>Screens are drawn for this at least; on a narrower one the terminal breaks lines.</summary>
    const int LeastWidth = 80;

    Action _makeRoom = static () => { };

    public bool IsJson => mode.Json;

    /// <summary>A line of the answer, on stdout. Nothing with <c>--json</c>, where the object is the answer.</summary>
    public void Say(string line)
    {
        if (!mode.Json)
            ToOut(line + '\n');
    }

    /// <summary>A whole document as the answer, on stdout, whatever the form: it is the same for a person and for a
    /// program.</summary>
    public void Print(string document) => ToOut(document);

    /// <summary>The terminal that the answer goes to: its width, 80 columns for a file or a mail, and whether colours
    /// are allowed there.</summary>
    public ScreenStyle Screen(Glyphs glyphs)
        => new(
            terminal.OutIsTerminal ? Math.Max(terminal.Width, LeastWidth) : LeastWidth,
            mode.Color && terminal.OutIsTerminal,
            glyphs);

    /// <summary>A table of the answer, on stdout. Nothing with <c>--json</c>.</summary>
    public void Show(Table table)
    {
        if (!mode.Json)
            ToOut(table.Draw(mode.Color && terminal.OutIsTerminal));
    }

    /// <summary>The answer as an object, on stdout; for <c>--json</c>.</summary>
    public void Answer<T>(T document, JsonTypeInfo<T> type) => ToOut(JsonSerializer.Serialize(document, type) + '\n');

    /// <summary>What a person may like to know meanwhile, on stderr.</summary>
    public void Note(string line)
    {
        if (!mode.Quiet && !mode.Json)
            ToError(line);
    }

    /// <summary>What a developer likes to know, on stderr, with <c>--verbose</c>.</summary>
    public void Detail(string line)
    {
        if (mode.Verbose)
            ToError(line);
    }

    /// <summary>Something that a person should look at, on stderr, always.</summary>
    public void Warn(string message)
        => ToError(mode.Json
            ? JsonSerializer.Serialize(WarningDocument.Of(message), ReportJson.Plain.WarningDocument)
            : $"{Paint.Yellow("warning:", ColorOnError)} {message}");

    /// <summary>A failure that we understand.</summary>
    public void Fail(TomoBackupException failure, int exit)
    {
        if (mode.Json)
            ToError(JsonSerializer.Serialize(ErrorDocument.Of(failure, exit), ReportJson.Plain.ErrorDocument));
        else
            ToError($"{Paint.Red("error:", ColorOnError)} {failure.Message}"
                + (failure.Hint is { } hint ? $"\n{Paint.Bold("hint:", ColorOnError)} {hint}" : ""));

        if (mode.Verbose && failure.StackTrace is not null)
            ToError(failure.ToString());
    }

    /// <summary>A failure that nobody foresaw: with its stack, for the report to us.</summary>
    public void FailUnexpectedly(Exception defect, int exit)
    {
        var failure = TomoBackupException.Create(
            ErrorCode.Defect,
            $"{defect.Message.TrimEnd('.')}",
            hint: "This is a defect of tomo-backup. Please report it with the lines below.",
            defect);

        Fail(failure, exit);

        ToError(defect.ToString());
    }

    /// <summary>Begins to show progress on stderr; the end is its disposal. One at a time.</summary>
    public ProgressLine StartProgress(TimeProvider time)
    {
        var style = mode.Quiet || mode.Json ? ProgressStyle.None
            : terminal.ErrorIsTerminal ? ProgressStyle.Bar
            : ProgressStyle.Lines;

        var progress = new ProgressLine(terminal, style, time);
        _makeRoom = progress.Erase;
        return progress;
    }

    bool ColorOnError => mode.Color && terminal.ErrorIsTerminal;

    void ToOut(string text)
    {
        _makeRoom();
        terminal.Out.Write(text);
        terminal.Out.Flush();
    }

    void ToError(string line)
    {
        _makeRoom();
        terminal.Error.Write(line + '\n');
    }
}
