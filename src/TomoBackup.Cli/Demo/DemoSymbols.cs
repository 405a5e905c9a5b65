using System.CommandLine;
using System.Globalization;

namespace TomoBackup.Cli.Demo;

/// <summary>What a person asked <c>demo</c> for.</summary>
/// <param name="PostgresFolder">Folder of PostgreSQL's programs; null to look for them.</param>
/// <param name="Keep">Leave everything behind for a look.</param>
/// <param name="Damage">Spoil one frame of the backup before the proof.</param>
/// <param name="Plan">How much data.</param>
sealed record DemoOptions(string? PostgresFolder, bool Keep, bool Damage, DemoPlan Plan);

/// <summary>The options of <c>demo</c>.</summary>
sealed class DemoSymbols
{
    readonly Option<string?> _postgres =
        Symbols.Text("--postgres", "BINDIR", "folder of initdb and postgres 18, with pgvector and AGE");

    readonly Option<bool> _keep = Symbols.Flag("--keep", "keep the folder with cluster, repository and restored copy");

    readonly Option<int?> _megabytes = Symbols.Value<int>(
        "--megabytes",
        "N",
        $"how much data to make (default {DemoPlan.DefaultMegabytes})",
        $"a number from {DemoPlan.LeastMegabytes} to 10000",
        ReadMegabytes);

    readonly Option<bool> _damage =
        Symbols.Flag("--damage", "spoil one frame of the backup, to see the proof fail");

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [_postgres, _keep, _megabytes, _damage];

    /// <summary>Reads them from a command line without errors.</summary>
    public DemoOptions Read(ParseResult parsed) => new(
        parsed.GetValue(_postgres),
        parsed.GetValue(_keep),
        parsed.GetValue(_damage),
        new DemoPlan { Megabytes = parsed.GetValue(_megabytes) ?? DemoPlan.DefaultMegabytes });

    static bool ReadMegabytes(string text, out int value)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value is >= DemoPlan.LeastMegabytes and <= 10_000;
}
