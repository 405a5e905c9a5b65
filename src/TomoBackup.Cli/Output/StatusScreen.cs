using TomoBackup.Measurements;

namespace TomoBackup.Cli.Output;

/// <summary>Draws how a cluster stands: worst first, each promise with what was measured and what to do.
/// Pure.</summary>
sealed class StatusScreen
{
    const int Indent = 4;
    const int Gap = 2;
    const int WidestPromise = 30;

    /// <summary>From here on there is room for one more column.</summary>
    const int Wide = 100;

    /// <summary>Instead of the names of all repositories.</summary>
    const string Everywhere = "all";

    const string AsAbove = "for the reason told above";

    readonly List<ScreenLine> _lines = [];
    readonly ScreenStyle _style;
    readonly ClusterStatus _status;
    readonly int _repositories;
    readonly HashSet<string> _told = [];
    readonly int _repositoryAt;
    readonly int _measuredAt;

    StatusScreen(ClusterStatus status, ScreenStyle style)
    {
        (_status, _style) = (status, style);
        _repositories = status.Promises.Select(p => p.Repository).OfType<string>().Distinct().Count();
        var names = status.Promises.Select(p => p.Repository?.Length ?? 0).DefaultIfEmpty().Max();
        var promises = status.Promises.Select(p => p.Promise.Length).DefaultIfEmpty().Max();
        _repositoryAt = Indent + Math.Min(promises, WidestPromise) + Gap;
        _measuredAt = _repositoryAt + (names > 0 ? names + Gap : 0);
    }

    /// <summary>The lines of one cluster.</summary>
    public static IReadOnlyList<string> Draw(ClusterStatus status, ScreenStyle style)
    {
        var screen = new StatusScreen(status, style);
        screen.Head();

        foreach (var verdict in Enum.GetValues<Verdict>())
            screen.Section(verdict);

        screen._lines.AddRange(StatusFacts.Draw(status, style.Width >= Wide));
        return [.. screen._lines.Select(line => line.Draw(style.Color))];
    }

    void Head()
    {
        var version = _status.Values[Measures.ServerVersion];
        var server = version.Text is { } known ? $"PostgreSQL {known.Split(' ')[0]}" : "server does not answer";
        var time = Readable.Time(_status.Values.At);
        var head = Line().Add($"cluster {_status.Cluster}", Tone.Strong).Add($"  {server}");
        head.PadTo(Math.Min(_style.Width, 120) - time.Length).Add(time);

        var sum = Line();

        foreach (var verdict in Enum.GetValues<Verdict>())
            if (_status.Count(verdict) is > 0 and var count)
                sum.Add(sum.Width > 0 ? ", " : "").Add($"{count} {WordOf(verdict)}", ToneOf(verdict));

        if (_status.Holds)
            sum.Add(": every promise holds");
    }

    void Section(Verdict verdict)
    {
        var promises = _status.Promises.Where(p => p.Verdict == verdict).ToList();

        if (promises.Count == 0)
            return;

        Line();
        Line().Add(TitleOf(verdict), ToneOf(verdict));

        if (verdict == Verdict.NotMeasured)
            foreach (var group in promises.GroupBy(p => (p.Measured, p.Reason, p.Next)))
                Row([.. group]);
        else
            foreach (var group in promises.GroupBy(p => (p.Id, p.Promise, p.Measured, p.Reason, p.Next)))
                Row([.. group]);
    }

    /// <summary>Promises of which the same is to be said share a row.</summary>
    void Row(IReadOnlyList<PromiseVerdict> group)
    {
        var first = group[0];
        var tone = ToneOf(first.Verdict);
        var isOne = group.Select(p => p.Promise).Distinct().Count() == 1;
        var line = Line().Add("  ").Add(SignOf(first.Verdict), tone).PadTo(Indent);

        if (isOne)
        {
            var where = group.Select(p => p.Repository).OfType<string>().ToList();
            line.Add(first.Promise).PadTo(_repositoryAt)
                .Add(where.Count > 1 && where.Count == _repositories ? Everywhere : string.Join(", ", where));
            Fill(line, _measuredAt, IsTold(first) ? AsAbove : first.Measured);
        }
        else
        {
            Fill(line, Indent, Together(group));
            Paragraph(IsTold(first) ? AsAbove : first.Measured);
        }

        // Many promises are not measured for one reason; it was told with the worst of them, and what to do as well.
        if (IsTold(first))
            return;

        if (first.Verdict != Verdict.NotMeasured)
            _told.Add(first.Measured);

        if (first.Reason is { } reason)
            Paragraph(reason);

        if (first.Next is { } next)
            Paragraph($"{_style.Glyphs.Next} {next}", Tone.Strong);
    }

    bool IsTold(PromiseVerdict promise) => promise.Verdict == Verdict.NotMeasured && _told.Contains(promise.Measured);

    static string Together(IReadOnlyList<PromiseVerdict> group)
        => string.Join("; ", group
            .GroupBy(p => p.Repository)
            .Select(place => (place.Key is null ? "" : $"{place.Key}: ")
                + string.Join(", ", place.Select(p => p.Promise.Replace(' ', ScreenLine.Unbroken)))));

    /// <summary>Goes on in a column, below itself where it does not fit.</summary>
    void Fill(ScreenLine line, int column, string text)
    {
        var here = line.Width > column ? line.Width + 1 : column;
        var isFirst = true;

        foreach (var part in ScreenLine.Wrap(text, Math.Max(_style.Width - here, 20)))
        {
            (isFirst ? line : Line()).PadTo(here).Add(part);
            isFirst = false;
        }
    }

    void Paragraph(string text, Tone tone = Tone.Plain)
    {
        const int Inset = Indent + Gap;
        var hang = text.StartsWith(_style.Glyphs.Next, StringComparison.Ordinal) ? _style.Glyphs.Next.Length + 1 : 0;
        var isFirst = true;

        foreach (var part in ScreenLine.Wrap(text, _style.Width - Inset - hang))
        {
            Line().PadTo(isFirst ? Inset : Inset + hang).Add(part, tone);
            isFirst = false;
        }
    }

    ScreenLine Line()
    {
        var line = new ScreenLine();
        _lines.Add(line);
        return line;
    }

    string SignOf(Verdict verdict) => verdict switch
    {
        Verdict.Missed => _style.Glyphs.Missed,
        Verdict.AtRisk => _style.Glyphs.AtRisk,
        Verdict.NotMeasured => _style.Glyphs.NotMeasured,
        _ => _style.Glyphs.Held,
    };

    static string TitleOf(Verdict verdict) => verdict switch
    {
        Verdict.NotMeasured => "NOT MEASURED, which counts as not held",
        Verdict.Held => "HELD",
        _ => WordOf(verdict),
    };

    static string WordOf(Verdict verdict) => verdict switch
    {
        Verdict.Missed => "MISSED",
        Verdict.AtRisk => "AT RISK",
        Verdict.NotMeasured => "NOT MEASURED",
        _ => "held",
    };

    static Tone ToneOf(Verdict verdict) => verdict switch
    {
        Verdict.Missed => Tone.Bad,
        Verdict.AtRisk => Tone.Risky,
        Verdict.NotMeasured => Tone.Unknown,
        _ => Tone.Good,
    };
}
