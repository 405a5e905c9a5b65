using TomoBackup.Operations;

namespace TomoBackup.Cli.Output;

/// <summary>How progress is shown.</summary>
enum ProgressStyle
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>A line now and then, for logs.</summary>
    Lines,

    /// <summary>One line that is drawn again, for people.</summary>
    Bar,
}

/// <summary>Shows how far an operation is, on stderr. Reports may come from any thread, as often as they
/// like.</summary>
sealed class ProgressLine(ITerminal terminal, ProgressStyle style, TimeProvider time)
    : IProgress<OperationProgress>, IDisposable
{
    static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);

    /// <summary>A log wants a sign of life, not a film: after 10 s, or after 10 % but then not more than each
    /// second.</summary>
    static readonly TimeSpan LineAtLatest = TimeSpan.FromSeconds(10);

    static readonly TimeSpan LineAtSoonest = TimeSpan.FromSeconds(1);

    const int LinePercent = 10;

    readonly Lock _lock = new();
    PhaseClock? _phase;
    OperationProgress _last;
    long _shownAt;
    int _shownPercent;
    bool _isDrawn;

    /// <inheritdoc/>
    public void Report(OperationProgress value)
    {
        if (style is ProgressStyle.None)
            return;

        lock (_lock)
        {
            if (_phase is null || _last.Phase != value.Phase)
                Begin(value);

            _last = value;

            if (IsDue(value))
                Show(value);
        }
    }

    /// <summary>Takes a bar off the screen, so that other text can be written; the next report draws it
    /// again.</summary>
    public void Erase()
    {
        lock (_lock)
            EraseBar();
    }

    /// <summary>Ends the last phase with a line that stays.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            Conclude();
            _phase = null;
        }
    }

    void Begin(OperationProgress first)
    {
        Conclude();
        _phase = new PhaseClock(time, first.DoneBytes);
        _shownAt = time.GetTimestamp();
        _shownPercent = 0;

        if (style is ProgressStyle.Bar)
            Show(first);
    }

    bool IsDue(OperationProgress value)
    {
        var since = time.GetElapsedTime(_shownAt);

        return style is ProgressStyle.Bar
            ? since >= Redraw
            : since >= LineAtLatest
                || (since >= LineAtSoonest && ProgressText.Percent(value) >= _shownPercent + LinePercent);
    }

    void Show(OperationProgress value)
    {
        _shownAt = time.GetTimestamp();
        _shownPercent = ProgressText.Percent(value) ?? 0;

        if (style is ProgressStyle.Bar)
        {
            var width = terminal.Width - 1; // the last column would wrap
            terminal.Error.Write($"\r{ProgressText.Bar(value, _phase!, width)}\e[K");
            _isDrawn = true;
        }
        else
        {
            terminal.Error.Write($"{ProgressText.Line(value, _phase!)}\n");
        }
    }

    void Conclude()
    {
        EraseBar();

        if (_phase is { } phase && _last.DoneBytes > 0)
            terminal.Error.Write($"{ProgressText.Conclusion(_last, phase)}\n");
    }

    void EraseBar()
    {
        if (_isDrawn)
            terminal.Error.Write("\r\e[K");

        _isDrawn = false;
    }
}
