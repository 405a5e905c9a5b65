using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>Turns the tree of a policy file into a <see cref="BackupPolicy"/>, as the declaration says, collecting
/// every finding on the way.</summary>
sealed class PolicyBinder(PolicyFindings findings)
{
    /// <summary>What could be bound; to be used only where there is no finding.</summary>
    public BackupPolicy? Bind(YamlNode? root)
    {
        if (root is null or YamlScalar { IsNull: true })
        {
            if (findings.IsEmpty)
                findings.Add(new TextPosition(1, 1), "the policy is empty");

            return null;
        }

        new ShapeCheck(findings).Check(root, "", PolicyKeys.Root);
        var file = new PolicySection(root);
        new PolicyReferences(file, findings).Check();

        return findings.IsEmpty ? BindFile(file) : null;
    }

    static BackupPolicy BindFile(PolicySection file)
    {
        var objectives = Named(file, PolicyKeys.Objectives, BindObjective);
        var repositories = Named(file, PolicyKeys.Repositories, RepositoryBinder.Bind);

        return new BackupPolicy
        {
            Header = BindHeader(file.Section(PolicyKeys.Header)),
            Objectives = objectives,
            Clusters = Named(
                file, PolicyKeys.Clusters, (name, section) => ClusterBinder.Bind(name, section, objectives)),
            Repositories = repositories,
            Encryption = BindEncryption(file.Section(PolicyKeys.Encryption)),
            StateDirectory = file.Get(PolicyKeys.StateDirectory),
            Backup = BindBackup(file.Section(PolicyKeys.Backup)),
            Retention = RetentionBinder.Bind(
                file.Section(PolicyKeys.Retention), [.. repositories.Select(repository => repository.Name)]),
            Configuration = Named(file, PolicyKeys.Configuration, WatchBinder.BindSource),
            Tests = WatchBinder.BindTests(file.Section(PolicyKeys.Tests)),
            Alerts = WatchBinder.BindAlerts(file.Section(PolicyKeys.Alerts)),
            Compliance = file.TryOpen(PolicyKeys.Compliance, out var compliance)
                ? new CompliancePolicy(compliance.Get(AlertKeys.Framework)!)
                : null,
        };
    }

    static List<T> Named<T>(PolicySection file, PolicyKey key, Func<string, PolicySection, T> bind)
        => [.. file.Section(key).Entries.Select(entry => bind(entry.Key.Value, new PolicySection(entry.Value)))];

    static PolicyHeader BindHeader(PolicySection header) => new()
    {
        Title = header.Get(HeaderKeys.Title)!,
        Owner = header.Get(HeaderKeys.Owner),
        Effective = header.Get(HeaderKeys.Effective),
        LastReview = header.Get(HeaderKeys.LastReview),
        NextReview = header.Get(HeaderKeys.NextReview),
    };

    static ObjectivePolicy BindObjective(string name, PolicySection objective)
        => new(name, objective.Get(HeaderKeys.Rto)!.Value, objective.Get(HeaderKeys.Rpo)!.Value);

    static EncryptionPolicy BindEncryption(PolicySection encryption) => new()
    {
        Recipients = encryption.Get(EncryptionKeys.Recipients) ?? [],
        IdentityFile = encryption.Section(EncryptionKeys.Identity).Get(EncryptionKeys.IdentityFile),
    };

    static BackupTuning BindBackup(PolicySection backup) => new()
    {
        Workers = backup.Get(EncryptionKeys.Workers),
        CompressionLevel = backup.Get(EncryptionKeys.CompressionLevel)!.Value,
        MaxChain = backup.Get(EncryptionKeys.MaxChain)!.Value,
    };
}
