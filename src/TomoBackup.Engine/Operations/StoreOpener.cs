using System.Security.Cryptography;
using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;
using TomoBackup.Storage.Rclone;
using TomoBackup.Storage.S3;
using TomoBackup.Storage.Sftp;

namespace TomoBackup.Operations;

/// <summary>Makes the store of a repository from what the policy says of it.</summary>
/// <param name="variable">Reads a variable of the environment.</param>
/// <param name="stateDirectory">Where it is remembered what a service can do; null for nowhere.</param>
/// <param name="policy">Says how long objects are locked; null where nothing is stored.</param>
public sealed class StoreOpener(
    IFileSystem files,
    TimeProvider time,
    IEntropy entropy,
    IProcessRunner processes,
    Func<string, string?> variable,
    string? stateDirectory,
    BackupPolicy? policy)
{
    const string UsualRegion = "us-east-1";

    readonly SecretReader _secrets = new(files, processes, variable);

    /// <summary>Opens a store. A directory must be there; all others are asked at the first call only.</summary>
    /// <exception cref="TomoBackupException">The policy does not say enough (<see cref="ErrorCode.Policy"/>), or a key
    /// cannot be read (<see cref="ErrorCode.KeyMissingOrWrong"/>).</exception>
    public IObjectStore Open(RepositoryPolicy place)
        => place.Store switch
        {
            { IsDirectory: true } => LocalStore.Open(files, place.Store.Path, new LocalStoreOptions()),
            { IsBucket: true } => OpenBucket(place),
            { Scheme: StoreAddress.SftpScheme } => new LateStore(
                $"{place.Store}",
                async cancellationToken => await SftpStore
                    .OpenAsync(files, place.Store, Server(place), cancellationToken).ConfigureAwait(false)),
            _ => new LateStore(
                $"{place.Store}",
                async cancellationToken => await RcloneStore
                    .OpenAsync(files, place.Store, Remote(place), time, cancellationToken).ConfigureAwait(false)),
        };

    /// <summary>Makes the place of a store, for <c>init</c>. A bucket is its owner's to make.</summary>
    public Task InitializeAsync(RepositoryPolicy place, CancellationToken cancellationToken)
    {
        switch (place.Store.Scheme)
        {
            case StoreAddress.FileScheme:
                LocalStore.Initialize(files, place.Store.Path, new LocalStoreOptions());
                return Task.CompletedTask;

            case StoreAddress.SftpScheme:
                return SftpStore.InitializeAsync(files, place.Store, Server(place), cancellationToken);

            case StoreAddress.RcloneScheme:
                return RcloneStore.InitializeAsync(files, place.Store, Remote(place), time, cancellationToken);

            default:
                return Task.CompletedTask;
        }
    }

    /// <summary>What a recovery needs to reach the store without a policy; null for a directory.</summary>
    internal Repositories.StoreAccess? AccessTo(RepositoryPolicy place)
        => place.Store switch
        {
            { IsDirectory: true } => null,
            { IsBucket: true } => new Repositories.StoreAccess
            {
                Endpoint = EndpointOf(place),
                Region = RegionOf(place),
                CertificateAuthority = place.CertificateAuthority,
                AccessKey = AccessKeyOf(place),
                SecretKey = SecretKeyOf(place),
                AsOf = place.AsOf,
            },
            _ => new Repositories.StoreAccess
            {
                SshKey = place.SshKey,
                KnownHosts = Server(place).KnownHostsFile,
                HostKey = place.HostKey,
                RcloneConfiguration = place.RcloneConfiguration,
            },
        };

    SftpStoreOptions Server(RepositoryPolicy place) => new()
    {
        KnownHostsFile = place.KnownHosts
            ?? (variable("HOME") is { Length: > 0 } home ? $"{home}/.ssh/known_hosts" : null),
        HostKeyFingerprints = place.HostKey is { } fingerprint ? [fingerprint] : [],
        IdentityFile = place.SshKey,
        AgentSocket = variable("SSH_AUTH_SOCK") is { Length: > 0 } socket ? socket : null,
    };

    static RcloneStoreOptions Remote(RepositoryPolicy place) => new() { ConfigFile = place.RcloneConfiguration };

    S3Store OpenBucket(RepositoryPolicy place)
    {
        var options = Bucket(place);

        try
        {
            return S3Store.Open(options);
        }
        catch (Exception e) when (place.CertificateAuthority is { } authority
            && e is InvalidDataException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw TomoBackupException.Create(
                ErrorCode.Policy,
                $"unable to open store '{place.Store}': '{authority}' gives no authority to trust: "
                    + FirstLine(e.Message),
                hint: "Name a PEM file with certificates in 'ca_file' (--ca-file), or leave it out for this machine's.",
                e);
        }
    }

    S3Options Bucket(RepositoryPolicy place)
    {
        var credentials = new S3Credentials(AccessKeyOf(place), SecretKeyOf(place));

        try
        {
            return new S3Options
            {
                Endpoint = EndpointOf(place),
                Bucket = place.Store.Container,
                Prefix = place.Store.Prefix,
                Region = RegionOf(place),
                CertificateAuthorityFile = place.CertificateAuthority,
                Credentials = () => credentials,
                ServerSideEncryption = place.ServerSideEncryption,
                UploadLimit = place.MaxUpload,
                Lock = LockOf(place),
                AsOf = place.AsOf,
                Capabilities = Remembered(place),
                Time = time,
                Entropy = entropy,
            };
        }
        catch (ArgumentException e)
        {
            throw TomoBackupException.Create(
                ErrorCode.Policy, $"unable to open store '{place.Store}': {FirstLine(e.Message)}",
                hint: "Correct the repository in the policy.");
        }
    }

    S3ObjectLock? LockOf(RepositoryPolicy place)
    {
        if (place.ObjectLock is not { } mode || policy is null)
            return null;

        var reach = LockReach.Of(policy, place.Name, time.GetUtcNow())
            ?? throw TomoBackupException.Create(
                ErrorCode.Policy,
                $"the policy does not say until when objects in '{place.Name}' shall be locked",
                hint: "'tomo-backup policy check' says what it lacks.");
        var calendar = new Repositories.LockCalendar(reach.Wal, reach.Generation);

        return new S3ObjectLock(
            mode == LockMode.Compliance ? S3LockMode.Compliance : S3LockMode.Governance,
            (key, theirs) => calendar.End(key, theirs, time.GetUtcNow()));
    }

    StoreCapabilities? Remembered(RepositoryPolicy place)
        => stateDirectory is null
            ? null
            : new Repositories.HostState(files, stateDirectory, entropy)
                .TryReadService(place.Name, place.Store.ToString())?.Capabilities;

    string AccessKeyOf(RepositoryPolicy place)
        => _secrets.Read(place.AccessKey, $"the access key of repository '{place.Name}'");

    string SecretKeyOf(RepositoryPolicy place)
        => _secrets.Read(place.SecretKey, $"the secret key of repository '{place.Name}'");

    static Uri EndpointOf(RepositoryPolicy place)
        => place.Endpoint
            ?? new UriBuilder(Uri.UriSchemeHttps, $"s3.{place.Region ?? UsualRegion}.amazonaws.com").Uri;

    /// <summary>Providers name it in the host: <c>s3.us-west-004.backblazeb2.com</c>.</summary>
    static string RegionOf(RepositoryPolicy place)
        => place.Region
            ?? (place.Endpoint?.DnsSafeHost.Split('.') is ["s3", var region, .. { Length: >= 2 }]
                ? region
                : UsualRegion);

    static string FirstLine(string text) => text.Split('\n')[0].Split(" (Parameter")[0];
}
