namespace TomoBackup.Policies.Declaration;

/// <summary>The keys of <c>retention</c>: each tier is one rule for all repositories, or a rule for each.</summary>
static class RetentionKeys
{
    /// <summary>No history is that long; a number above is a slip.</summary>
    const int Most = 10_000;

    const string KeepAll = "everything is kept";

    public static readonly PolicyKey<Duration?> Age = new("age", "Keeps what is not older.", PolicyValues.Duration);

    public static readonly PolicyKey<int?> Count = Number("count", "Keeps that many of the newest.");

    public static readonly PolicyKey<int?> Daily = Number(
        "daily", "Keeps the newest of each of that many days that have one.");

    public static readonly PolicyKey<int?> Weekly = Number(
        "weekly", "Keeps the newest of each of that many weeks that have one.");

    public static readonly PolicyKey<int?> Monthly = Number(
        "monthly", "Keeps the newest of each of that many months that have one.");

    public static readonly PolicyKey<int?> Yearly = Number(
        "yearly", "Keeps the newest of each of that many years that have one.");

    public static readonly SectionShape RuleShape = new(Age, Count, Daily, Weekly, Monthly, Yearly)
    {
        Choices =
            [new KeyChoice(ChoiceRule.AtLeastOne, "age", "count", "daily", "weekly", "monthly", "yearly")],
    };

    public static readonly EitherShape OneRule = new(PolicyValues.KeepFor, RuleShape);

    public static readonly EitherShape TierShape = new(
        PolicyValues.KeepFor, RuleShape, new NamedShape("repository", OneRule) { IsNeeded = true });

    /// <summary>WAL is of use without a gap only, so nothing of it can be chosen by count or calendar.</summary>
    public static readonly SectionShape WalRuleShape = new(Age)
    {
        Choices = [new KeyChoice(ChoiceRule.AtLeastOne, "age")],
        Refused = new RefusedKeys(
            ["count", "daily", "weekly", "monthly", "yearly"],
            "WAL is kept without a gap, for an age such as 7d, or forever"),
    };

    public static readonly EitherShape WalTierShape = new(
        PolicyValues.KeepFor, WalRuleShape,
        new NamedShape("repository", new EitherShape(PolicyValues.KeepFor, WalRuleShape)) { IsNeeded = true });

    public static readonly PolicyKey Wal = new(
        "wal", "WAL: how far back every moment can be reached; by age, or forever.", WalTierShape)
    {
        WhenAbsent = KeepAll,
    };

    public static readonly PolicyKey Backup = Tier("backup", "Physical backups.");

    public static readonly PolicyKey Dump = Tier("dump", "Logical dumps.", "there are no dumps to expire");

    public static readonly PolicyKey Config = Tier(
        "config", "Copies of configuration.", "there are no copies to expire");

    public static readonly PolicyKey<Duration?> Evidence = new(
        "evidence", "Records of tests, drills and other evidence.", PolicyValues.DurationOrForever)
    {
        Default = "forever",
        NotYet = "there is no evidence to expire",
    };

    public static readonly SectionShape Shape = new(Wal, Backup, Dump, Config, Evidence);

    /// <summary>The parts of a rule, which therefore cannot be names of repositories.</summary>
    public static IEnumerable<string> RuleWords => RuleShape.Names;

    static PolicyKey<int?> Number(string name, string words) => new(name, words, PolicyValues.Number(1, Most));

    static PolicyKey Tier(string name, string words, string? notYet = null) => new(name, words, TierShape)
    {
        WhenAbsent = KeepAll,
        NotYet = notYet,
    };
}
