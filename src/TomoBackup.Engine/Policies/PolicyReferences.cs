using TomoBackup.Policies.Declaration;
using TomoBackup.Storage;

namespace TomoBackup.Policies;

/// <summary>Finds what one value of a policy says wrongly of another: names of what is not there, circles, places that
/// cannot be. It reads the tree, so that a value that is wrong for itself does not make others wrong.</summary>
sealed class PolicyReferences(PolicySection file, PolicyFindings findings)
{
    readonly IReadOnlyList<YamlEntry> _clusters = [.. file.Section(PolicyKeys.Clusters).Entries];
    readonly IReadOnlyList<YamlEntry> _repositories = [.. file.Section(PolicyKeys.Repositories).Entries];

    IReadOnlyList<string> RepositoryNames => [.. _repositories.Select(entry => entry.Key.Value)];

    public void Check()
    {
        var objectives = file.Section(PolicyKeys.Objectives).Entries.Select(entry => entry.Key.Value).ToList();

        foreach (var cluster in _clusters.Select(entry => new PolicySection(entry.Value)))
            MustBeNamed(cluster.Find(ClusterKeys.Objectives), "objective", objectives);

        foreach (var repository in _repositories)
            CheckRepository(repository.Key, new PolicySection(repository.Value));

        CheckStores();
        CheckRetention(file.Section(PolicyKeys.Retention));

        var tests = file.Section(PolicyKeys.Tests);
        MustBeNamed(tests.Section(WatchKeys.Restore).Find(WatchKeys.Repository), "repository", RepositoryNames);
        MustBeNamed(tests.Section(WatchKeys.Drill).Find(WatchKeys.DrillRepository), "repository", RepositoryNames);
    }

    void CheckRepository(YamlScalar name, PolicySection repository)
    {
        if (RetentionKeys.RuleWords.Contains(name.Value))
            findings.Add(
                name.At, $"no repository can be called '{name.Value}': 'retention' would read it as part of a rule");

        MustBeNamed(repository.Find(RepositoryKeys.Follows), "repository", RepositoryNames);
        CheckFollowing(name, repository);

        if (repository.Get(RepositoryKeys.Store) is not { } store)
            return;

        foreach (var (key, isMeant, scheme) in new (PolicyKey, bool, string)[]
        {
            (RepositoryKeys.Endpoint, store.IsBucket, "s3"),
            (RepositoryKeys.Region, store.IsBucket, "s3"),
            (RepositoryKeys.CertificateAuthority, store.IsBucket, "s3"),
            (RepositoryKeys.ServerSideEncryption, store.IsBucket, "s3"),
            (RepositoryKeys.MaxUpload, store.IsBucket, "s3"),
            (RepositoryKeys.SshKey, store.Scheme == StoreAddress.SftpScheme, "sftp"),
            (RepositoryKeys.KnownHosts, store.Scheme == StoreAddress.SftpScheme, "sftp"),
            (RepositoryKeys.HostKey, store.Scheme == StoreAddress.SftpScheme, "sftp"),
            (RepositoryKeys.RcloneConfiguration, store.Scheme == StoreAddress.RcloneScheme, "rclone"),
            (RepositoryKeys.AccessKey, store.IsBucket, "s3"),
            (RepositoryKeys.SecretKey, store.IsBucket, "s3"),
            (RepositoryKeys.ObjectLock, store.IsBucket, "s3"),
            (RepositoryKeys.Lifecycle, !store.IsDirectory, "s3 or rclone"),
            (RepositoryKeys.Volume, store.IsDirectory, "file"),
        })
            if (!isMeant && repository.Find(key) is { } value)
                findings.Add(
                    value.At, $"'{key.Name}' is for stores of scheme {scheme}, and '{name.Value}' is '{store}'");
    }

    void CheckFollowing(YamlScalar name, PolicySection repository)
    {
        var seen = new HashSet<string> { name.Value };

        for (var next = repository.Get(RepositoryKeys.Follows); next is not null; next = FollowedBy(next))
            if (!seen.Add(next))
            {
                if (next == name.Value)
                    findings.Add(
                        repository.Find(RepositoryKeys.Follows)!.At,
                        $"'{name.Value}' follows itself, so nobody writes it");

                return;
            }
    }

    string? FollowedBy(string name)
        => _repositories.FirstOrDefault(entry => entry.Key.Value == name) is { } entry
            ? new PolicySection(entry.Value).Get(RepositoryKeys.Follows)
            : null;

    void CheckStores()
    {
        var stores = _repositories
            .Select(entry => (entry.Key, Section: new PolicySection(entry.Value)))
            .Select(entry => (
                entry.Key,
                Store: entry.Section.Get(RepositoryKeys.Store),
                Endpoint: entry.Section.Get(RepositoryKeys.Endpoint)))
            .Where(entry => entry.Store is not null)
            .ToList();

        foreach (var (at, place) in stores.Index())
        {
            if (stores.Take(at).FirstOrDefault(other => other.Store == place.Store && other.Endpoint == place.Endpoint)
                is { Key: { } other })
                findings.Add(place.Key.At, $"'{place.Key.Value}' and '{other.Value}' are the same store");

            foreach (var cluster in _clusters)
                if (place.Store is { IsDirectory: true } store
                    && new PolicySection(cluster.Value).Get(ClusterKeys.DataDirectory) is { } directory
                    && $"{store.Path}/".StartsWith($"{directory}/", StringComparison.Ordinal))
                    findings.Add(
                        place.Key.At,
                        $"the store of '{place.Key.Value}' lies inside the data directory of '{cluster.Key.Value}'");
        }
    }

    void CheckRetention(PolicySection retention)
    {
        foreach (var key in RetentionKeys.Shape.Keys)
            if (retention.Find(key) is YamlMapping tier && key.Shape is EitherShape shape
                && shape.For(tier) is NamedShape)
                foreach (var (name, _) in new PolicySection(tier).Entries)
                    MustBeNamed(name, "repository", RepositoryNames, RetentionKeys.RuleWords);
    }

    void MustBeNamed(
        YamlNode? node, string noun, IReadOnlyList<string> names, IEnumerable<string>? alsoMeant = null)
    {
        if (node is not YamlScalar { IsNull: false, Value: { Length: > 0 } name } || names.Contains(name))
            return;

        findings.Add(
            node.At,
            NearestWord.Find(name, [.. names, .. alsoMeant ?? []]) is { } near
                ? $"the policy has no {noun} '{name}'; did you mean '{near}'?"
                : names.Count is 0 ? $"the policy has no {noun} '{name}'; it names none"
                : $"the policy has no {noun} '{name}'; it names {string.Join(", ", names)}");
    }
}
