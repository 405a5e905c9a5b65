namespace TomoBackup.Policies;

/// <summary>How long what is kept, for each tier and repository. A repository without a rule keeps all.</summary>
public sealed record RetentionPolicy
{
    static readonly Dictionary<string, RetentionRule> None = [];

    /// <summary>WAL, by repository: how far back the recovery window reaches.</summary>
    public IReadOnlyDictionary<string, RetentionRule> Wal { get; init; } = None;

    /// <summary>Physical backups, by repository.</summary>
    public IReadOnlyDictionary<string, RetentionRule> Backup { get; init; } = None;

    /// <summary>Logical dumps, by repository.</summary>
    public IReadOnlyDictionary<string, RetentionRule> Dump { get; init; } = None;

    /// <summary>Copies of configuration, by repository.</summary>
    public IReadOnlyDictionary<string, RetentionRule> Config { get; init; } = None;

    /// <summary>Records of tests and other evidence; null for ever.</summary>
    public Duration? Evidence { get; init; }
}

/// <summary>
/// What one tier keeps in one repository. The parts add up: what any of them keeps, is kept. Days, weeks (from Monday),
/// months and years are those of UTC.
/// </summary>
public sealed record RetentionRule
{
    /// <summary>The rule that removes nothing.</summary>
    public static RetentionRule Everything { get; } = new() { Forever = true };

    /// <summary>True where nothing is ever removed; then nothing else is set.</summary>
    public bool Forever { get; init; }

    /// <summary>Keeps what is not older.</summary>
    public Duration? Age { get; init; }

    /// <summary>Keeps that many of the newest.</summary>
    public int? Count { get; init; }

    /// <summary>Keeps the newest of each of that many days that have one.</summary>
    public int? Daily { get; init; }

    /// <summary>Keeps the newest of each of that many weeks that have one.</summary>
    public int? Weekly { get; init; }

    /// <summary>Keeps the newest of each of that many months that have one.</summary>
    public int? Monthly { get; init; }

    /// <summary>Keeps the newest of each of that many years that have one.</summary>
    public int? Yearly { get; init; }
}
