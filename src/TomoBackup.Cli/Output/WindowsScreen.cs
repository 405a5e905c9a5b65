using System.Globalization;
using TomoBackup.Measurements;

namespace TomoBackup.Cli.Output;

/// <summary>Draws what each repository can bring back of one cluster, and says it in words. Pure.</summary>
sealed class WindowsScreen
{
    const int Indent = 2;

    readonly List<ScreenLine> _lines = [];
    readonly ScreenStyle _style;
    readonly DateTimeOffset _now;

    WindowsScreen(DateTimeOffset now, ScreenStyle style) => (_now, _style) = (now, style);

    /// <summary>The lines of one cluster.</summary>
    public static IReadOnlyList<string> Draw(ClusterWindows windows, ScreenStyle style)
    {
        var screen = new WindowsScreen(windows.At, style);
        var time = Readable.Time(windows.At);
        screen.Line().Add($"cluster {windows.Cluster}", Tone.Strong)
            .PadTo(Math.Min(style.Width, 120) - time.Length).Add(time);

        foreach (var repository in windows.Repositories)
            screen.Repository(repository);

        if (windows.Repositories.Any(r => r.Map.Seen is { Lines.Count: > 0 }))
            screen.Legend(windows);

        return [.. screen._lines.Select(line => line.Draw(style.Color))];
    }

    void Repository(RepositoryWindows repository)
    {
        Line();
        Line().Add($"repository {repository.Repository}", Tone.Strong).Add($"  {repository.Address}", Tone.Faint);

        if (repository.Map.Seen is not { } map)
        {
            Paragraph($"NOT MEASURED: {repository.Map.Unknown!.Reason}", Tone.Unknown);
            Next(repository.Map.Unknown.Remedy);
            return;
        }

        var gaps = map.Lines.SelectMany(line => line.Gaps).ToList();
        Summary(map, gaps.Count);

        if (map.Lines.Count == 0)
            return;

        Line();
        _lines.AddRange(WindowsDrawing.Draw(map, gaps, _now, _style));

        foreach (var line in map.Lines)
            Timeline(line, map);

        foreach (var (index, gap) in gaps.Index())
            Gap(index + 1, gap, map.Lines.First(line => line.Gaps.Contains(gap)).Timeline);
    }

    void Summary(RecoveryMap map, int gaps)
    {
        if (map is not { Earliest: { } earliest, Latest: { } latest, Tail: { } tail })
        {
            Paragraph("NO MOMENT can be recovered: there is no good backup.", Tone.Bad);
            Next("Run 'tomo-backup backup --full'.");
            return;
        }

        Paragraph(
            $"from {Readable.Time(earliest)} to {Readable.Time(latest)} ({Readable.Age(latest, _now)})");

        if (gaps == 0)
            Paragraph(
                "no gap: every moment between can be recovered"
                + (map.Lines.Count > 1 ? $" on timeline {tail.Timeline}" : ""),
                Tone.Good);
        else
            Paragraph(
                $"{gaps} {(gaps == 1 ? "GAP" : "GAPS")}: unbroken only since {Readable.Time(map.UnbrokenSince!.Value)}",
                Tone.Bad);
    }

    void Timeline(TimelineLine line, RecoveryMap map)
    {
        if (line.Fork is { } fork)
            Paragraph(
                $"timeline {line.Timeline} left timeline {fork.Parent}"
                + (fork.At is { } at ? $" about {Readable.Time(at)}" : "")
                + (fork.IsProven ? "" : ", by the names of segments: no key here opens its history file"));

        if (line.Spans.Count == 0)
            Paragraph($"timeline {line.Timeline}: no moment can be recovered: no good backup leads to it", Tone.Bad);
        else if (line != map.Current)
            Paragraph($"timeline {line.Timeline} can be recovered up to {Readable.Time(line.Spans[^1].To)}");
    }

    void Gap(int number, RecoveryGap gap, uint timeline)
    {
        Line();
        Paragraph(
            $"gap {number}, timeline {timeline}: WAL {gap.Wal} "
            + (gap.IsConflict ? "is there twice, with different contents" : "is missing")
            + $" ({gap.Segments} {(gap.Segments == 1 ? "segment" : "segments")})",
            Tone.Bad);

        if (gap is { After: { } after, Until: { } until })
        {
            Paragraph($"costs every moment of {Readable.Span(until - after)}; the nearest that can be recovered:");
            Line().PadTo(2 * Indent).Add($"before  {Exact(after)}");
            Line().PadTo(2 * Indent).Add($"after   {Exact(until)}");
        }
        else if (gap.After is { } last)
        {
            Paragraph("costs every moment after it; the nearest that can be recovered:");
            Line().PadTo(2 * Indent).Add($"before  {Exact(last)}");
            Next("Run 'tomo-backup backup --full' now: it begins a new stretch.");
        }
    }

    void Legend(ClusterWindows windows)
    {
        var maps = windows.Repositories.Select(r => r.Map.Seen).OfType<RecoveryMap>().ToList();
        var backups = maps.SelectMany(m => m.Lines).SelectMany(l => l.Backups).ToList();
        Line();
        var signs = new List<string> { "F full" };

        if (backups.Any(b => b is { IsFull: false, IsGood: true }))
            signs.Add("i incremental");

        if (backups.Any(b => !b.IsGood))
            signs.Add("D damaged");

        signs.Add($"{_style.Glyphs.Reachable} every moment");

        if (maps.SelectMany(m => m.Lines).Any(l => l.Gaps.Count > 0))
            signs.Add($"{_style.Glyphs.Gap}1{_style.Glyphs.Gap} gap");

        signs.Add($"{_style.Glyphs.End} end of archive");
        Line().Add(string.Join("  ", signs), Tone.Faint);
    }

    void Next(string? next)
    {
        if (next is not null)
            Paragraph($"{_style.Glyphs.Next} {next}", Tone.Strong);
    }

    void Paragraph(string text, Tone tone = Tone.Plain)
    {
        var isFirst = true;

        foreach (var part in ScreenLine.Wrap(text, _style.Width - (2 * Indent)))
        {
            Line().PadTo(isFirst ? Indent : 2 * Indent).Add(part, tone);
            isFirst = false;
        }
    }

    ScreenLine Line()
    {
        var line = new ScreenLine();
        _lines.Add(line);
        return line;
    }

    /// <summary>As <c>--to-time</c> takes it.</summary>
    static string Exact(DateTimeOffset moment)
        => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff 'UTC'", CultureInfo.InvariantCulture);
}
