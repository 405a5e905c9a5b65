using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TomoBackup.Cli.Verbs;

/// <summary>The options of <c>restore</c>: what they are, which of them go together, and how they are read.</summary>
sealed class RestoreSymbols
{
    readonly Option<string?> _backup = Symbols.Text("--backup", "ID", "begin from this backup instead of the best one");

    readonly Option<PointInTime?> _toTime = Symbols.Value<PointInTime>(
        "--to-time", "TIME", "target: the last commit up to this moment", PointInTime.Form, PointInTime.TryParse);

    readonly Option<string?> _toLsn = Symbols.Text("--to-lsn", "LSN", "target: this position, such as 16/B374D848");
    readonly Option<string?> _toName = Symbols.Text("--to-name", "NAME", "target: a named restore point");
    readonly Option<bool> _immediate = Symbols.Flag("--immediate", "target: the end of the backup");
    readonly Option<bool> _latest = Symbols.Flag("--latest", "target: the end of all WAL");
    readonly Option<bool> _exclusive = Symbols.Flag("--exclusive", "stop just before --to-time or --to-lsn");

    readonly Option<uint?> _timeline = Symbols.Value<uint>(
        "--timeline", "N", "follow this timeline", "a number from 1 on, decimal", TryReadTimeline);

    readonly Option<string?> _into = Symbols.Text("--into", "DIR", "restore into this new or empty directory");
    readonly Option<bool> _inPlace = Symbols.Flag("--in-place", "replace the cluster's own directory, kept aside");
    readonly Option<bool> _plan = Symbols.Flag("--plan", "only say what would be done");
    readonly Option<bool> _start = Symbols.Flag("--start", "start the server and watch recovery to its target");
    readonly Option<bool> _pause = Symbols.Flag("--pause", "stay read-only at the target until promoted");
    readonly Option<string[]> _tablespaces = Symbols.Texts("--map-tablespace", "OLD=NEW", "put a tablespace elsewhere");
    readonly Option<string?> _identity = Symbols.Text("--identity", "FILE", "the recovery identity to use");
    readonly Option<string?> _from = Symbols.Text("--from", "ADDRESS", "a store to restore from without a policy");

    /// <summary>In the order of the help.</summary>
    public IReadOnlyList<Option> All =>
    [
        _backup, _toTime, _toLsn, _toName, _immediate, _latest, _exclusive, _timeline, _into, _inPlace, _plan, _start,
        _pause, _tablespaces, _identity, _from,
    ];

    /// <summary>Refuses contradictions.</summary>
    public void Check(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };

        Option[] targets = [_toTime, _toLsn, _toName, _immediate, _latest];
        Option[] given = [.. targets.Where(Given)];

        if (given.Length > 1)
            result.AddError($"{given[0].Name} and {given[1].Name} are two targets; give one");
        else if (given.Length is 0 && !Given(_backup))
            result.AddError($"no target: give one of {string.Join(", ", targets.Select(target => target.Name))}");

        if (Given(_into) == Given(_inPlace))
            result.AddError(Given(_into)
                ? "--into and --in-place contradict each other"
                : "no place: give --into DIR or --in-place");

        if (Given(_exclusive) && !Given(_toTime) && !Given(_toLsn))
            result.AddError("--exclusive needs --to-time or --to-lsn");

        if (result.GetResult(_toLsn)?.Tokens is [var lsn] && !IsLsn(lsn.Value))
            result.AddError($"'{lsn.Value}' is not what --to-lsn takes: two hexadecimal numbers such as 16/B374D848");

        Annotations.Check(result, _tablespaces);
    }

    /// <summary>Reads them, after <see cref="Check"/> found nothing.</summary>
    public RestoreOptions Read(ParseResult parsed) => new()
    {
        Backup = parsed.GetValue(_backup),
        Target = TargetOf(parsed),
        Exclusive = parsed.GetValue(_exclusive),
        Timeline = parsed.GetValue(_timeline),
        Into = parsed.GetValue(_into),
        PlanOnly = parsed.GetValue(_plan),
        Start = parsed.GetValue(_start),
        Pause = parsed.GetValue(_pause),
        Tablespaces = Annotations.Read(parsed.GetValue(_tablespaces) ?? []),
        Identity = parsed.GetValue(_identity),
        From = parsed.GetValue(_from),
    };

    RestoreTarget TargetOf(ParseResult parsed)
        => parsed.GetValue(_latest) ? new RestoreTarget.Latest()
            : parsed.GetValue(_toTime) is { } moment ? new RestoreTarget.Time(moment)
            : parsed.GetValue(_toLsn) is { } lsn ? new RestoreTarget.Position(lsn)
            : parsed.GetValue(_toName) is { } name ? new RestoreTarget.Name(name)
            : new RestoreTarget.Immediate();

    static bool TryReadTimeline(string text, out uint timeline)
        => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out timeline) && timeline > 0;

    static bool IsLsn(string text)
        => text.Split('/') is [var high, var low] && IsHalf(high) && IsHalf(low);

    static bool IsHalf(string half)
        => half.Length is > 0 and <= 8 && half.All(char.IsAsciiHexDigit);
}
