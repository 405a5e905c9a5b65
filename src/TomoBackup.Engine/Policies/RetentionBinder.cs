using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>Binds <c>retention</c>: a rule for all repositories is the same rule for each.</summary>
static class RetentionBinder
{
    public static RetentionPolicy Bind(PolicySection retention, IReadOnlyList<string> repositories) => new()
    {
        Wal = Tier(retention.Find(RetentionKeys.Wal), repositories),
        Backup = Tier(retention.Find(RetentionKeys.Backup), repositories),
        Dump = Tier(retention.Find(RetentionKeys.Dump), repositories),
        Config = Tier(retention.Find(RetentionKeys.Config), repositories),
        Evidence = retention.Get(RetentionKeys.Evidence),
    };

    static Dictionary<string, RetentionRule> Tier(YamlNode? tier, IReadOnlyList<string> repositories)
        => tier is null ? []
            : RetentionKeys.TierShape.For(tier) is NamedShape
                ? new PolicySection(tier).Entries.ToDictionary(entry => entry.Key.Value, entry => Rule(entry.Value))
            : repositories.ToDictionary(repository => repository, _ => Rule(tier));

    static RetentionRule Rule(YamlNode rule)
    {
        if (rule is YamlScalar scalar)
            return PolicyValues.KeepFor.Read(scalar.Value)!;

        var parts = new PolicySection(rule);

        return new RetentionRule
        {
            Age = parts.Get(RetentionKeys.Age),
            Count = parts.Get(RetentionKeys.Count),
            Daily = parts.Get(RetentionKeys.Daily),
            Weekly = parts.Get(RetentionKeys.Weekly),
            Monthly = parts.Get(RetentionKeys.Monthly),
            Yearly = parts.Get(RetentionKeys.Yearly),
        };
    }
}
