namespace TomoBackup.Policies.Declaration;

/// <summary>The keys of <c>configuration</c> and <c>tests</c>.</summary>
static class WatchKeys
{
    public static readonly IReadOnlyList<(PolicyKey<Uri> Key, ConfigurationKind Kind)> Services =
    [
        Service("forgejo", ConfigurationKind.Forgejo, "The address of a Forgejo, whose repositories are kept."),
        Service("authentik", ConfigurationKind.Authentik, "The address of an Authentik, which is exported."),
        Service("grafana", ConfigurationKind.Grafana, "The address of a Grafana: dashboards and alert rules."),
        Service("prometheus", ConfigurationKind.Prometheus, "The address of a Prometheus: its data."),
        Service("woodpecker", ConfigurationKind.Woodpecker, "The address of a Woodpecker: pipelines and settings."),
    ];

    public static readonly ListKey<string> Files = new(
        "files", "Folders and files of this host.", new ListShape<string>(PolicyValues.AbsolutePath));

    public static readonly PolicyKey Token = new("token", "Where the token that opens it is read.", SecretKeys.Shape)
    {
        WhenAbsent = "none",
    };

    public static readonly PolicyKey<Schedule> At = new("at", "The times.", PolicyValues.Cron);

    public static readonly PolicyKey<Duration?> Every = new(
        "every", "Again when this span has passed since the last time.", PolicyValues.Duration);

    public static readonly PolicyKey<Duration?> On = new(
        "on", "After each change, at most this late.", PolicyValues.Duration);

    public static readonly SectionShape SourceShape = new(
        [.. Services.Select(service => service.Key), Files, Token, At, Every, On])
    {
        Choices =
        [
            new KeyChoice(ChoiceRule.ExactlyOne, [.. Services.Select(service => service.Key.Name), "files"]),
            new KeyChoice(ChoiceRule.ExactlyOne, "at", "every", "on"),
        ],
    };

    public static readonly PolicyKey<string> QueryDatabase = new(
        "database", "Where it is asked.", PolicyValues.Text)
    {
        IsRequired = true,
    };

    public static readonly PolicyKey<string> Sql = new(
        "sql", "The question; it answers one value.", PolicyValues.LongText)
    {
        IsRequired = true,
    };

    public static readonly PolicyKey<string> Expect = new(
        "expect", "What the value must be: '>= 1', '= 17', or the text itself.", PolicyValues.Text)
    {
        IsRequired = true,
    };

    public static readonly ListKey<string> Choose = new(
        "choose",
        "Which backups are restored.",
        new ListShape<string>(PolicyValues.Words(("latest", "latest"), ("random", "random"), ("oldest", "oldest"))))
    {
        Default = "latest",
    };

    public static readonly PolicyKey<string> Repository = new(
        "repository", "From which repository.", PolicyValues.Text)
    {
        WhenAbsent = "the first of the policy",
    };

    public static readonly PolicyKey Queries = new(
        "queries",
        "Questions to the restored cluster.",
        new SectionListShape(new SectionShape(QueryDatabase, Sql, Expect)))
    {
        WhenAbsent = "none",
    };

    public static readonly SectionShape RestoreShape = new(At, Every, Choose, Repository, Queries)
    {
        Choices = [new KeyChoice(ChoiceRule.ExactlyOne, "at", "every")],
    };

    public static readonly PolicyKey Restore = new(
        "restore", "Restores into a sandbox, with questions to the result.", RestoreShape)
    {
        WhenAbsent = "none",
        NotYet = "no restore is tried on a schedule",
    };

    public static readonly PolicyKey<string> DrillRepository = new(
        "repository", "The repository that alone must be enough.", PolicyValues.Text)
    {
        IsRequired = true,
    };

    public static readonly SectionShape DrillShape = new(At, Every, DrillRepository)
    {
        Choices = [new KeyChoice(ChoiceRule.ExactlyOne, "at", "every")],
    };

    public static readonly PolicyKey Drill = new(
        "drill", "The full recovery from one repository alone.", DrillShape)
    {
        WhenAbsent = "none",
        NotYet = "no drill is run on a schedule",
    };

    public static readonly SectionShape TestsShape = new(Restore, Drill);

    static (PolicyKey<Uri> Key, ConfigurationKind Kind) Service(string name, ConfigurationKind kind, string words)
        => (new PolicyKey<Uri>(name, words, PolicyValues.Web), kind);
}
