using TomoBackup.Measurements;

namespace TomoBackup.Cli.Output;

/// <summary>Draws the timelines of one repository over one axis. Pure.</summary>
sealed class WindowsDrawing
{
    const string Title = "timeline";
    const string NowLabel = "now";
    const int TitleColumns = 8;
    const int PlotAt = TitleColumns + 2;
    const int WidestPlot = 160;

    readonly RecoveryMap _map;
    readonly ScreenStyle _style;
    readonly TimeAxis _axis;
    readonly int _columns;
    readonly List<(char Sign, Tone Tone)[]> _rows = [];

    WindowsDrawing(RecoveryMap map, DateTimeOffset now, ScreenStyle style)
    {
        (_map, _style) = (map, style);
        _columns = Math.Min(style.Width - PlotAt - 1, WidestPlot);
        var from = map.Lines.SelectMany(l => l.Backups).Select(b => (DateTimeOffset?)b.Ended)
            .Append(map.Earliest).Min() ?? now;
        _axis = new TimeAxis(from < now ? from : now - TimeSpan.FromMinutes(1), now, _columns);
    }

    /// <summary>Axis, then one line for each timeline, the oldest on top.</summary>
    /// <param name="gaps">All gaps in the order of their numbers.</param>
    public static IEnumerable<ScreenLine> Draw(
        RecoveryMap map, IReadOnlyList<RecoveryGap> gaps, DateTimeOffset now, ScreenStyle style)
    {
        var drawing = new WindowsDrawing(map, now, style);
        drawing.Fill(gaps);
        return [.. drawing.Axis(), .. drawing.Lines()];
    }

    void Fill(IReadOnlyList<RecoveryGap> gaps)
    {
        foreach (var line in _map.Lines)
        {
            var row = new (char, Tone)[_columns];
            Array.Fill(row, (' ', Tone.Plain));

            foreach (var (first, last) in line.Gaps.Select(Columns))
                row.AsSpan(first..(last + 1)).Fill((_style.Glyphs.Gap, Tone.Bad));

            foreach (var span in line.Spans)
                row.AsSpan(_axis.ColumnOf(span.From)..(_axis.ColumnOf(span.To) + 1))
                    .Fill((_style.Glyphs.Reachable, Tone.Good));

            _rows.Add(row);
        }

        foreach (var line in _map.Lines)
            Fork(line);

        Mark(backup => backup.IsGood);

        if (_map.Tail is { } tail)
            _rows[LineOf(tail.Timeline)][_axis.ColumnOf(tail.To)] = (_style.Glyphs.End, Tone.Good);

        Mark(backup => !backup.IsGood);

        foreach (var (index, line) in _map.Lines.Index())
            foreach (var gap in line.Gaps)
                Number(_rows[index], gap, gaps.ToList().IndexOf(gap) + 1);
    }

    /// <summary>Full ones last: they are not to be hidden by the many between them.</summary>
    void Mark(Func<BackupMark, bool> which)
    {
        foreach (var (index, line) in _map.Lines.Index())
            foreach (var backup in line.Backups.Where(which).OrderBy(backup => backup.IsFull))
                _rows[index][_axis.ColumnOf(backup.Ended)] = (SignOf(backup), backup.IsGood ? Tone.Strong : Tone.Bad);
    }

    /// <summary>At the first free column of the gap. A gap is never hidden by the stretches beside it, however short it
    /// is.</summary>
    void Number((char Sign, Tone Tone)[] row, RecoveryGap gap, int number)
    {
        var (first, last) = Columns(gap);
        var free = Array.FindIndex(row, first, last - first + 1, cell => cell.Sign == _style.Glyphs.Gap);
        row[free < 0 ? first : free] = (number < 10 ? (char)('0' + number) : '*', Tone.Bad);
    }

    (int First, int Last) Columns(RecoveryGap gap)
    {
        var first = gap.After is { } after ? _axis.ColumnOf(after) + 1 : 0;
        var last = gap.Until is { } until ? _axis.ColumnOf(until) - 1 : _columns - 1;
        first = Math.Min(first, _columns - 1);
        return (first, Math.Max(first, last));
    }

    void Fork(TimelineLine line)
    {
        if (line.Fork is not { At: { } at } fork || !_map.Lines.Any(l => l.Timeline == fork.Parent))
            return;

        var (column, parent, child) = (_axis.ColumnOf(at), LineOf(fork.Parent), LineOf(line.Timeline));
        _rows[child][column] = (_style.Glyphs.ForkTo, Tone.Good);

        // What came after the fork on the line that was left can still be reached, and is nobody's present.
        for (var behind = column + 1; behind < _columns; behind++)
            if (_rows[parent][behind].Sign == _style.Glyphs.Reachable)
                _rows[parent][behind].Tone = Tone.Faint;

        for (var row = parent; row < child; row++)
            if (row == parent || _rows[row][column].Sign == ' ')
                _rows[row][column] = (
                    row == parent ? _style.Glyphs.ForkFrom : _style.Glyphs.ForkThrough, Tone.Good);
    }

    IEnumerable<ScreenLine> Axis()
    {
        var labels = new ScreenLine().Add(Title, Tone.Faint);
        var line = new char[_columns];
        Array.Fill(line, _style.Glyphs.Axis);

        foreach (var (column, label) in _axis.Ticks())
        {
            line[column] = _style.Glyphs.Tick;

            if (PlotAt + column + label.Length <= _style.Width && labels.Width < PlotAt + column)
                labels.PadTo(PlotAt + column).Add(label, Tone.Faint);
        }

        if (labels.Width + NowLabel.Length < _style.Width)
            labels.PadTo(PlotAt + _columns - NowLabel.Length).Add(NowLabel, Tone.Faint);

        yield return labels;
        yield return new ScreenLine().PadTo(PlotAt).Add(new string(line), Tone.Faint);
    }

    IEnumerable<ScreenLine> Lines()
    {
        foreach (var (index, line) in _map.Lines.Index())
        {
            var drawn = new ScreenLine().Add($"{line.Timeline,TitleColumns}").PadTo(PlotAt);

            // Letters of one tone go together: an escape for each would make the line unreadable in a log.
            for (var start = 0; start < _columns;)
            {
                var end = start;

                while (end < _columns && _rows[index][end].Tone == _rows[index][start].Tone)
                    end++;

                drawn.Add(
                    string.Concat(_rows[index][start..end].Select(cell => cell.Sign)), _rows[index][start].Tone);
                start = end;
            }

            yield return drawn;
        }
    }

    int LineOf(uint timeline) => _map.Lines.Index().First(line => line.Item.Timeline == timeline).Index;

    static char SignOf(BackupMark backup) => !backup.IsGood ? 'D' : backup.IsFull ? 'F' : 'i';
}
