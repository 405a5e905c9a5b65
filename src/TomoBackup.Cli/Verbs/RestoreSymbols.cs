using System.CommandLine;
using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Restores;
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
    readonly Option<string[]> _settings = Symbols.Texts(
        "--set", "NAME=VALUE", "a setting for --start, over the cluster's own");
    readonly Option<string?> _postgres = Symbols.Text("--postgres", "DIR", "PostgreSQL's program folder for --start");
    readonly Option<string?> _repository = Symbols.Text(
        "--repository", "NAME", "the policy's repository to restore from");
    readonly Option<string?> _signingKey = Symbols.Text(
        "--signing-key", "HEX", "fingerprint to trust, from the escrow sheet");
    readonly Option<bool> _acceptDamaged = Symbols.Flag("--accept-damaged", "take a backup of a source with bad pages");
    readonly Option<bool> _skipSalvage = Symbols.Flag("--skip-salvage", "in place: do not archive the old WAL first");
    readonly StoreSymbols _store = new();

    /// <summary>In the order of the help.</summary>
    public IReadOnlyList<Option> All =>
    [
        _backup, _toTime, _toLsn, _immediate, _latest, _exclusive, _timeline, _into, _inPlace, _plan, _start,
        _pause, _tablespaces, _settings, _postgres, _repository, _identity, _signingKey, _acceptDamaged,
        _skipSalvage, .. _store.All,
    ];

    /// <summary>Refuses contradictions.</summary>
    public void Check(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };

        Option[] targets = [_toTime, _toLsn, _immediate, _latest];
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

        _store.Check(result);
        Annotations.Check(result, _tablespaces);
        Annotations.Check(result, _settings);
    }

    /// <summary>Reads them, after <see cref="Check"/> found nothing.</summary>
    public RestoreOptions Read(ParseResult parsed, string directory) => new()
    {
        Backup = parsed.GetValue(_backup),
        Target = TargetOf(parsed),
        Timeline = parsed.GetValue(_timeline),
        Directory = directory,
        InPlace = parsed.GetValue(_inPlace),
        Start = parsed.GetValue(_start),
        Pause = parsed.GetValue(_pause),
        AcceptDamaged = parsed.GetValue(_acceptDamaged),
        SkipSalvage = parsed.GetValue(_skipSalvage),
        PostgresBinaries = parsed.GetValue(_postgres),
        Settings = Annotations.Read(parsed.GetValue(_settings) ?? []),
        Tablespaces = Annotations.Read(parsed.GetValue(_tablespaces) ?? []),
    };

    /// <summary>The target directory as it was written; null for the cluster's own.</summary>
    public string? Into(ParseResult parsed) => parsed.GetValue(_into);

    /// <summary>True where nothing is to be done.</summary>
    public bool IsPlanOnly(ParseResult parsed) => parsed.GetValue(_plan);

    /// <summary>The store, for a machine without a policy; null where the policy names it.</summary>
    public RepositoryPolicy? Store(ParseResult parsed, VerbContext context) => _store.Read(parsed, context);

    /// <summary>Which of the policy's repositories; null for the first.</summary>
    public string? Repository(ParseResult parsed) => parsed.GetValue(_repository);

    /// <summary>Keys to use besides the policy's.</summary>
    public KeyOptions Keys(ParseResult parsed, Func<string, string> absolute) => new()
    {
        IdentityFiles = parsed.GetValue(_identity) is { } file ? [absolute(file)] : [],
        SigningKeys = parsed.GetValue(_signingKey) is { } fingerprint ? [fingerprint] : [],
    };

    RestoreTarget TargetOf(ParseResult parsed)
        => parsed.GetValue(_latest) ? new RestoreTarget.Latest()
            : parsed.GetValue(_toTime) is { } moment ? new RestoreTarget.Time(moment.Utc, parsed.GetValue(_exclusive))
            : parsed.GetValue(_toLsn) is { } lsn
                ? new RestoreTarget.Position(Lsn.Parse(lsn), parsed.GetValue(_exclusive))
            : new RestoreTarget.Immediate();

    static bool TryReadTimeline(string text, out uint timeline)
        => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out timeline) && timeline > 0;

    static bool IsLsn(string text) => Lsn.TryParse(text, CultureInfo.InvariantCulture, out _);
}
