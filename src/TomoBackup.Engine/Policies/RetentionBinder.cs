using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>Binds <c>retention</c>: a rule for all repositories is the same rule for each.</summary>
static class RetentionBinder
{
    public static RetentionPolicy Bind(PolicySection retention, IReadOnlyList<string> repositories) => new()
    {
        Wal = Tier(retention, RetentionKeys.Wal, RetentionKeys.WalTierShape, repositories),
        Backup = Tier(retention, RetentionKeys.Backup, RetentionKeys.TierShape, repositories),
        Dump = Tier(retention, RetentionKeys.Dump, RetentionKeys.TierShape, repositories),
        Config = Tier(retention, RetentionKeys.Config, RetentionKeys.TierShape, repositories),
        Evidence = retention.Get(RetentionKeys.Evidence),
    };

    static Dictionary<string, RetentionRule> Tier(
        PolicySection retention, PolicyKey key, EitherShape shape, IReadOnlyList<string> repositories)
        => retention.Find(key) is not { } tier ? []
            : shape.For(tier) is NamedShape
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
