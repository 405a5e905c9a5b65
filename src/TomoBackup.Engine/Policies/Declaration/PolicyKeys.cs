namespace TomoBackup.Policies.Declaration;

/// <summary>The policy file: the one declaration that reading, messages, the JSON Schema, <c>policy show</c> and the
/// reference of the keys follow (design §6).</summary>
static class PolicyKeys
{
    public static readonly PolicyKey<string> Version = new(
        "version",
        "The version of the policy file's form.",
        new ScalarShape<string>(
            "1, the only version of policy files so far",
            static (string text, out string? value) => (value = text) is "1")
        {
            Schema = new("integer") { Least = 1, Most = 1 },
        })
    {
        IsRequired = true,
    };

    public static readonly PolicyKey Header = new(
        "policy", "Who stands for the policy, and when it is looked at again.", HeaderKeys.Shape);

    public static readonly PolicyKey Objectives = new(
        "objectives", "What is promised, by name.", new NamedShape("objective", HeaderKeys.ObjectiveShape))
    {
        WhenAbsent = "nothing is promised",
    };

    public static readonly PolicyKey Clusters = new(
        "clusters",
        "The PostgreSQL clusters, by name: one data directory and its server each.",
        new NamedShape("cluster", ClusterKeys.Shape) { IsNeeded = true })
    {
        IsRequired = true,
    };

    public static readonly PolicyKey Repositories = new(
        "repositories",
        "The places where backups and WAL are kept, by name.",
        new NamedShape("repository", RepositoryKeys.Shape) { IsNeeded = true })
    {
        IsRequired = true,
    };

    public static readonly PolicyKey Encryption = new("encryption", "Who can read backups.", EncryptionKeys.Shape);

    public static readonly PolicyKey<string> StateDirectory = new(
        "state_directory", "Where open epoch keys, spool and caches lie.", PolicyValues.AbsolutePath)
    {
        WhenAbsent = "the default of this machine",
    };

    public static readonly PolicyKey Backup = new("backup", "How backups are taken.", EncryptionKeys.BackupShape);

    public static readonly PolicyKey Retention = new(
        "retention", "How long what is kept, for each tier and repository.", RetentionKeys.Shape);

    public static readonly PolicyKey Configuration = new(
        "configuration",
        "What is kept beside the clusters, by name.",
        new NamedShape("configuration", WatchKeys.SourceShape))
    {
        WhenAbsent = "nothing",
        NotYet = "no configuration is copied",
    };

    public static readonly PolicyKey Tests = new("tests", "How recovery is tried.", WatchKeys.TestsShape);

    public static readonly PolicyKey Alerts = new("alerts", "Who is told.", AlertKeys.Shape);

    public static readonly PolicyKey Compliance = new(
        "compliance", "For whom evidence is gathered.", AlertKeys.ComplianceShape)
    {
        WhenAbsent = "nobody",
        NotYet = "no evidence is gathered",
    };

    public static readonly SectionShape Root = new(
        Version, Header, Objectives, Clusters, Repositories, Encryption, StateDirectory, Backup, Retention,
        Configuration, Tests, Alerts, Compliance);
}
