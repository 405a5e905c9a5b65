using System.Globalization;
using TomoBackup.Cli.Output.Json;

namespace TomoBackup.Cli.Demo;

/// <summary>What a demonstration proved: the expected rows were found, no more and no less.</summary>
sealed record DemoProof(DemoMoment Moment, DemoState Found, TimeSpan Restore)
{
    static readonly string[] Counts =
    [
        DemoFigure.Accounts, DemoFigure.Embeddings, DemoFigure.Documents, DemoFigure.Vertices, DemoFigure.Edges,
    ];

    /// <summary>The one line.</summary>
    public override string ToString()
        => string.Create(
            CultureInfo.InvariantCulture,
            $"PROVEN: recovered to {Moment.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff} UTC, "
            + $"{Rows(Moment.Expected)} rows expected, {Rows(Found)} found, {Found.Ledger.Count} of {Moment.Commits} "
            + $"commits; MATCH and nearest neighbours as noted; restored and open in {Restore.TotalSeconds:F1} s");

    /// <summary>For <c>--json</c>.</summary>
    public DemoDocument ToDocument() => new(
        Moment.Time, Rows(Moment.Expected), Rows(Found), Moment.Commits, Found.Ledger.Count, Restore.TotalSeconds);

    /// <summary>In all tables and in the graph.</summary>
    static long Rows(DemoState state)
        => state.Ledger.Count + Counts.Sum(name => long.Parse(state.Figures[name], CultureInfo.InvariantCulture));
}
