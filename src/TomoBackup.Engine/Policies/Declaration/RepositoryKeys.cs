using TomoBackup.Storage;

namespace TomoBackup.Policies.Declaration;

/// <summary>The keys of each of <c>repositories</c>.</summary>
static class RepositoryKeys
{
    public static readonly PolicyKey<StoreAddress> Store = new(
        "store", "Where the bytes lie: a directory, a bucket or an rclone remote.", PolicyValues.Store)
    {
        IsRequired = true,
    };

    public static readonly PolicyKey<Uri> Endpoint = new(
        "endpoint", "The service behind an s3 address; Amazon's where none is named.", PolicyValues.Web)
    {
        WhenAbsent = "none",
    };

    public static readonly PolicyKey<string> Region = new(
        "region", "The region that requests to the service are signed for.", PolicyValues.Text)
    {
        WhenAbsent = "by the endpoint's name, else us-east-1",
    };

    public static readonly PolicyKey<string> CertificateAuthority = new(
        "ca_file", "A PEM file with the only authorities whose certificates are trusted.", PolicyValues.AbsolutePath)
    {
        WhenAbsent = "this machine's",
    };

    public static readonly PolicyKey<string> SshKey = new(
        "ssh_key", "A private key without a passphrase (mode 0600), for an sftp address.", PolicyValues.AbsolutePath)
    {
        WhenAbsent = "the agent of SSH_AUTH_SOCK",
    };

    public static readonly PolicyKey<string> KnownHosts = new(
        "known_hosts", "Host keys as ssh keeps them, for an sftp address.", PolicyValues.AbsolutePath)
    {
        WhenAbsent = "~/.ssh/known_hosts",
    };

    public static readonly PolicyKey<string> HostKey = new(
        "host_key", "The only host key that is accepted: its fingerprint, SHA256:…, as ssh-keygen -l prints it.",
        PolicyValues.Text)
    {
        WhenAbsent = "as known_hosts says",
    };

    public static readonly PolicyKey<string> RcloneConfiguration = new(
        "rclone_config", "The rclone.conf that knows the remote.", PolicyValues.AbsolutePath)
    {
        WhenAbsent = "the one that rclone finds itself",
    };

    public static readonly PolicyKey<string> ServerSideEncryption = new(
        "sse", "Encryption by the service, beside ours.", PolicyValues.Words<string>(("AES256", "AES256")))
    {
        WhenAbsent = "as the bucket has it",
    };

    public static readonly PolicyKey<long?> MaxUpload = new(
        "max_upload", "At most so much is sent in a second.", PolicyValues.Rate)
    {
        WhenAbsent = "no limit",
    };

    public static readonly PolicyKey<string> Follows = new(
        "follows", "The repository whose objects this one copies, instead of being written by the host.",
        PolicyValues.Text)
    {
        WhenAbsent = "none: the host writes it",
    };

    public static readonly PolicyKey AccessKey = new(
        "access_key", "Where the name of the store's key is read.", SecretKeys.Shape)
    {
        WhenAbsent = "none",
    };

    public static readonly PolicyKey SecretKey = new(
        "secret_key", "Where the secret of the store's key is read.", SecretKeys.Shape)
    {
        WhenAbsent = "none",
    };

    public static readonly PolicyKey<bool?> MayDelete = new(
        "may_delete",
        "False where this host's key may write and list but not delete; then expiry is the bucket's or another host's.",
        PolicyValues.Flag)
    {
        Default = "true",
    };

    public static readonly PolicyKey<bool?> KeepsVersions = new(
        "keeps_versions",
        "True where the place keeps old versions of what was hidden or written over, for longer than an attack goes "
            + "unnoticed.",
        PolicyValues.Flag)
    {
        Default = "false",
    };

    public static readonly PolicyKey<Duration?> LifecycleWal = Rule("wal");
    public static readonly PolicyKey<Duration?> LifecycleBackup = Rule("backup");
    public static readonly PolicyKey<Duration?> LifecycleDump = Rule("dump");

    public static readonly PolicyKey<LockMode?> ObjectLock = new(
        "object_lock",
        "Locks objects in the bucket for as long as the retention counts on them: with governance identities with a "
            + "special right may lift it, with compliance nobody may.",
        PolicyValues.Words<LockMode?>(("governance", LockMode.Governance), ("compliance", LockMode.Compliance)))
    {
        WhenAbsent = "nothing is locked",
    };

    public static readonly SectionShape LifecycleShape = new(LifecycleWal, LifecycleBackup, LifecycleDump)
    {
        Others = PolicyValues.Duration,
    };

    public static readonly PolicyKey Lifecycle = new(
        "lifecycle", "After which age the bucket's own rules delete, by the prefix of the objects.", LifecycleShape)
    {
        WhenAbsent = "the bucket deletes nothing",
    };

    public static readonly PolicyKey<bool?> Encrypted = new(
        "encrypted", "Whether the file system lies on LUKS.",
        PolicyValues.Words<bool?>(("luks", true), ("none", false)));

    public static readonly PolicyKey<bool?> Separate = new(
        "separate", "Whether it must be another file system than the data directory's.", PolicyValues.Flag)
    {
        Default = "false",
    };

    public static readonly PolicyKey<int?> AlertAbove = new(
        "alert_above", "How full it may be before somebody is told.", PolicyValues.Percent)
    {
        WhenAbsent = "nobody is told",
        NotYet = "nobody is told",
    };

    public static readonly SectionShape VolumeShape = new(Encrypted, Separate, AlertAbove);

    public static readonly PolicyKey Volume = new(
        "volume", "What is said of the file system under a store of scheme file.", VolumeShape)
    {
        WhenAbsent = "nothing is said",
    };

    public static readonly SectionShape Shape = new(
        Store, Volume, Endpoint, Region, CertificateAuthority, AccessKey, SecretKey, ServerSideEncryption, MaxUpload,
        SshKey, KnownHosts, HostKey, RcloneConfiguration, Follows, MayDelete, KeepsVersions, ObjectLock,
        Lifecycle)
    {
        Choices = [new KeyChoice(ChoiceRule.AllOrNone, "access_key", "secret_key")],
    };

    static PolicyKey<Duration?> Rule(string kind)
        => new(kind, $"After which age objects below '{kind}' are deleted.", PolicyValues.Duration)
        {
            WhenAbsent = "never",
        };
}
