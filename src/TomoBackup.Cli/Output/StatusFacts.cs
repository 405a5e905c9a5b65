using System.Globalization;
using TomoBackup.Measurements;

namespace TomoBackup.Cli.Output;

/// <summary>The foot of <see cref="StatusScreen"/>: what lies in each repository. Pure.</summary>
static class StatusFacts
{
    const string Unknown = "?";

    /// <summary>The lines, an empty one first.</summary>
    /// <param name="isWide">True where there is room for what is free as well.</param>
    public static IEnumerable<ScreenLine> Draw(ClusterStatus status, bool isWide)
    {
        var values = status.Values;
        var repositories = values.All.Select(v => v.Repository).OfType<string>().Distinct().ToList();
        Column[] columns =
        [
            new("REPOSITORY"), new("NEWEST"), new("SIZE", AlignRight: true), new("CHAIN"), new("LAST COMMIT"),
            new("UNBROKEN SINCE"), new("FREE", AlignRight: true),
        ];
        var shown = isWide ? columns.Length : columns.Length - 1;
        var table = new Table(columns[..shown]);

        foreach (var name in repositories)
        {
            string[] cells =
            [
                name, Age(values[Measures.NewestBackupEnded, name]), Size(values[Measures.NewestBackupHolds, name]),
                Chain(values[Measures.ChainLength, name]), Age(values[Measures.LastCommit, name]),
                Day(values[Measures.UnbrokenSince, name]), Size(values[Measures.VolumeFree, name]),
            ];
            table.Add(cells[..shown]);
        }

        yield return new ScreenLine();
        var isTitle = true;

        foreach (var line in table.Draw(boldTitles: false).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return new ScreenLine().Add(line, isTitle ? Tone.Strong : Tone.Plain);
            isTitle = false;
        }

        string Age(Measurement value) => value.Moment is { } moment ? Readable.Age(moment, values.At) : Absent(value);
    }

    static string Size(Measurement value)
        => value.Number is { } bytes ? Readable.Size((long)bytes) : Absent(value);

    static string Chain(Measurement value) => value.Number switch
    {
        null => Absent(value),
        0 => "full",
        var count => string.Create(CultureInfo.InvariantCulture, $"full + {count:0}"),
    };

    static string Day(Measurement value)
        => value.Moment is { } moment
            ? moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
            : Absent(value);

    static string Absent(Measurement value) => value.State == MeasureState.NotMeasured ? "none" : Unknown;
}
