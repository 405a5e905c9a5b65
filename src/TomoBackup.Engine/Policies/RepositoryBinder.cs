using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>Binds one of <c>repositories</c>.</summary>
static class RepositoryBinder
{
    public static RepositoryPolicy Bind(string name, PolicySection repository) => new()
    {
        Name = name,
        Store = repository.Get(RepositoryKeys.Store)!,
        Endpoint = repository.Get(RepositoryKeys.Endpoint),
        Region = repository.Get(RepositoryKeys.Region),
        CertificateAuthority = repository.Get(RepositoryKeys.CertificateAuthority),
        ServerSideEncryption = repository.Get(RepositoryKeys.ServerSideEncryption),
        MaxUpload = repository.Get(RepositoryKeys.MaxUpload),
        SshKey = repository.Get(RepositoryKeys.SshKey),
        KnownHosts = repository.Get(RepositoryKeys.KnownHosts),
        HostKey = repository.Get(RepositoryKeys.HostKey),
        RcloneConfiguration = repository.Get(RepositoryKeys.RcloneConfiguration),
        Follows = repository.Get(RepositoryKeys.Follows),
        AccessKey = Secret(repository, RepositoryKeys.AccessKey),
        SecretKey = Secret(repository, RepositoryKeys.SecretKey),
        MayDelete = repository.Get(RepositoryKeys.MayDelete)!.Value,
        KeepsVersions = repository.Get(RepositoryKeys.KeepsVersions)!.Value,
        ObjectLock = repository.Get(RepositoryKeys.ObjectLock),
        Lifecycle = repository.TryOpen(RepositoryKeys.Lifecycle, out var lifecycle) ? Lifecycle(lifecycle) : null,
        Volume = repository.TryOpen(RepositoryKeys.Volume, out var volume) ? Volume(volume) : null,
    };

    /// <summary>Where the secret under a key is read; null where the key is absent.</summary>
    public static SecretReference? Secret(PolicySection section, PolicyKey key)
        => section.TryOpen(key, out var place)
            ? new SecretReference(
                place.Get(SecretKeys.File), place.Get(SecretKeys.Credential), place.Get(SecretKeys.Command))
            : null;

    static LifecyclePolicy Lifecycle(PolicySection rules) => new()
    {
        Wal = rules.Get(RepositoryKeys.LifecycleWal),
        Backup = rules.Get(RepositoryKeys.LifecycleBackup),
        Dump = rules.Get(RepositoryKeys.LifecycleDump),
        Others = rules.Entries
            .Where(rule => !RepositoryKeys.LifecycleShape.Names.Contains(rule.Key.Value))
            .ToDictionary(
                rule => rule.Key.Value,
                rule => PolicyValues.Duration.Read(((YamlScalar)rule.Value).Value)!.Value),
    };

    static VolumePolicy Volume(PolicySection volume) => new()
    {
        Luks = volume.Get(RepositoryKeys.Encrypted),
        Separate = volume.Get(RepositoryKeys.Separate)!.Value,
        AlertAbove = volume.Get(RepositoryKeys.AlertAbove),
    };
}
