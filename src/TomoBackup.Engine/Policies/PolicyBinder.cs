using System.Buffers;
using TomoBackup.Storage;

namespace TomoBackup.Policies;

/// <summary>Turns the tree of a policy file into a <see cref="BackupPolicy"/>, collecting every finding on the
/// way.</summary>
sealed class PolicyBinder(PolicyFindings findings)
{
    static readonly SectionKeys RootKeys = new(
        ["version", "clusters", "repositories", "encryption", "state_directory", "backup"],
        ["policy", "objectives", "retention", "configuration", "tests", "alerts", "compliance"]);

    static readonly SectionKeys ClusterKeys = new(
        ["connection", "data_directory"],
        ["objectives", "databases", "wal", "full", "incremental", "dump", "heartbeat"]);

    static readonly SectionKeys RepositoryKeys = new(
        ["store"],
        ["volume", "endpoint", "follows", "access_key", "secret_key", "lifecycle"]);

    static readonly SectionKeys EncryptionKeys = new(["identity", "recipients"], []);
    static readonly SectionKeys IdentityKeys = new(["file"], ["credential", "command", "env"]);
    static readonly SectionKeys BackupKeys = new(["workers", "compression_level"], []);

    /// <summary>What could be bound; to be used only where there is no finding.</summary>
    public BackupPolicy? Bind(YamlNode? root)
    {
        if (root is null or YamlScalar { IsNull: true })
        {
            if (findings.IsEmpty)
                findings.Add(new TextPosition(1, 1), "the policy is empty");

            return null;
        }

        if (PolicySection.Open(root, "", RootKeys, findings) is not { } policy)
            return null;

        CheckVersion(policy);
        var clusters = Named(policy, "clusters", BindCluster);
        var repositories = Named(policy, "repositories", BindRepository);
        RefuseStoreInsideCluster(policy, clusters, repositories);

        return new BackupPolicy
        {
            Clusters = clusters,
            Repositories = repositories,
            Encryption = BindEncryption(policy.Section("encryption", EncryptionKeys)),
            StateDirectory = policy.AbsolutePath("state_directory"),
            Backup = BindBackup(policy.Section("backup", BackupKeys)),
        };
    }

    void CheckVersion(PolicySection policy)
    {
        if (policy.Require("version") is { } node && node is not YamlScalar { Value: "1" })
            findings.Add(node.At, "'version' must be 1, the only version of policy files so far");
    }

    List<T> Named<T>(PolicySection policy, string key, Func<string, YamlNode, string, T?> bind)
        where T : class
    {
        var bound = new List<T>();

        if (policy.Require(key) is not { } node || PolicySection.OpenNamed(node, key, findings) is not { } section)
            return bound;

        if (!section.Entries.Any())
            findings.Add(node.At, $"'{key}' names none; at least one is needed");

        foreach (var (name, value) in section.Entries)
        {
            if (!IsName(name.Value))
                findings.Add(name.At, $"'{name.Value}' is no name: up to 63 of a-z, 0-9 and '-', not '-' first");

            if (bind(name.Value, value, section.PathOf(name.Value)) is { } item)
                bound.Add(item);
        }

        return bound;
    }

    ClusterPolicy? BindCluster(string name, YamlNode node, string path)
    {
        if (PolicySection.Open(node, path, ClusterKeys, findings) is not { } section)
            return null;

        var directory = section.AbsolutePath("data_directory");

        return BindConnection(section) is { } connection
            ? new ClusterPolicy { Name = name, Connection = connection, DataDirectory = directory }
            : null;
    }

    ConnectionSettings? BindConnection(PolicySection cluster)
    {
        if (cluster.Require("connection") is not { } node
            || cluster.TextOf(node, cluster.PathOf("connection")) is not { } text)
            return null;

        var faults = new List<string>();
        var settings = ConnectionSettings.Parse(text, faults);

        foreach (var fault in faults)
            findings.AddBesideSecret(node.At, fault);

        return settings;
    }

    RepositoryPolicy? BindRepository(string name, YamlNode node, string path)
    {
        if (PolicySection.Open(node, path, RepositoryKeys, findings) is not { } section
            || section.Require("store") is not { } store
            || section.TextOf(store, section.PathOf("store")) is not { } text)
            return null;

        if (StoreAddress.TryParse(text, out var address, out var fault))
            return new RepositoryPolicy { Name = name, Store = address };

        findings.Add(store.At, fault);
        return null;
    }

    void RefuseStoreInsideCluster(
        PolicySection policy,
        List<ClusterPolicy> clusters,
        List<RepositoryPolicy> repositories)
    {
        foreach (var cluster in clusters.Where(cluster => cluster.DataDirectory is not null))
            foreach (var repository in repositories)
                if ($"{repository.Store.Path}/".StartsWith($"{cluster.DataDirectory}/", StringComparison.Ordinal))
                    findings.Add(
                        policy.Find("repositories")!.At,
                        $"the store of '{repository.Name}' lies inside the data directory of '{cluster.Name}'");
    }

    EncryptionPolicy BindEncryption(PolicySection? section)
        => section is null
            ? new EncryptionPolicy()
            : new EncryptionPolicy
            {
                IdentityFile = section.Section("identity", IdentityKeys)?.RequiredPath("file"),
                Recipients = BindRecipients(section, section.List("recipients")),
            };

    List<string> BindRecipients(PolicySection section, YamlSequence? list)
    {
        var recipients = new List<string>();

        foreach (var item in list?.Items ?? [])
        {
            if (section.TextOf(item, section.PathOf("recipients")) is not { } text)
                continue;

            if (text.StartsWith("AGE-SECRET-KEY-", StringComparison.OrdinalIgnoreCase))
                findings.AddBesideSecret(item.At, "a secret age key stands here; a recipient is the public one: age1…");
            else if (!IsRecipient(text))
                findings.Add(item.At, $"'{text}' is no age recipient: age1 and 58 more letters and digits");
            else if (recipients.Contains(text))
                findings.Add(item.At, $"recipient '{text}' stands here twice");
            else
                recipients.Add(text);
        }

        if (list is not null && list.Items.Count < 2)
            findings.Add(list.At, "'encryption.recipients' needs at least two, so that one lost key loses no backup");

        return recipients;
    }

    static BackupTuning BindBackup(PolicySection? section)
        => section is null
            ? new BackupTuning()
            : new BackupTuning
            {
                Workers = section.Number("workers", 1, BackupTuning.MaxWorkers),
                CompressionLevel = section.Number("compression_level", 1, BackupTuning.MaxCompressionLevel) ?? 1,
            };

    // Names become parts of object keys and of file names.
    static bool IsName(string text)
        => text.Length is > 0 and <= 63 && text[0] is not '-' && !text.AsSpan().ContainsAnyExcept(NameLetters);

    // The shape of an X25519 recipient in bech32; its checksum is looked at where the key is used.
    static bool IsRecipient(string text)
        => text.Length is 62
            && text.StartsWith("age1", StringComparison.Ordinal)
            && !text.AsSpan(4).ContainsAnyExcept(Bech32);

    static readonly SearchValues<char> Bech32 = SearchValues.Create("qpzry9x8gf2tvdw0s3jn54khce6mua7l");

    static readonly SearchValues<char> NameLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
}
