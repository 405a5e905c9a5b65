using TomoBackup.Policies;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;
using TomoBackup.Storage.S3;

namespace TomoBackup.Operations;

/// <summary>Makes the store of a repository from what the policy says of it.</summary>
/// <param name="variable">Reads a variable of the environment.</param>
/// <param name="stateDirectory">Where it is remembered what a service can do; null for nowhere.</param>
public sealed class StoreOpener(
    IFileSystem files,
    TimeProvider time,
    IEntropy entropy,
    IProcessRunner processes,
    Func<string, string?> variable,
    string? stateDirectory)
{
    const string UsualRegion = "us-east-1";

    readonly SecretReader _secrets = new(files, processes, variable);

    /// <summary>Opens a store. A directory must be there; a bucket is not asked yet.</summary>
    /// <exception cref="TomoBackupException">The policy does not say enough (<see cref="ErrorCode.Policy"/>), or a key
    /// cannot be read (<see cref="ErrorCode.KeyMissingOrWrong"/>).</exception>
    public IObjectStore Open(RepositoryPolicy place)
        => place.Store switch
        {
            { IsDirectory: true } => LocalStore.Open(files, place.Store.Path, new LocalStoreOptions()),
            { IsBucket: true } => S3Store.Open(Bucket(place)),
            _ => throw TomoBackupException.Create(
                ErrorCode.Policy,
                $"unable to open store '{place.Store}': stores of scheme {place.Store.Scheme} are not built in yet",
                hint: "Use a directory, 'file:///path', or a bucket, 's3://bucket/prefix'."),
        };

    /// <summary>Makes the place of a store, for <c>init</c>. A bucket is its owner's to make.</summary>
    public void Initialize(RepositoryPolicy place)
    {
        if (place.Store.IsDirectory)
            LocalStore.Initialize(files, place.Store.Path, new LocalStoreOptions());
    }

    /// <summary>What a recovery needs to reach the store without a policy; null for a directory.</summary>
    internal Repositories.StoreAccess? AccessTo(RepositoryPolicy place)
        => place.Store.IsBucket
            ? new Repositories.StoreAccess
            {
                Endpoint = EndpointOf(place),
                Region = RegionOf(place),
                CertificateAuthority = place.CertificateAuthority,
                AccessKey = AccessKeyOf(place),
                SecretKey = SecretKeyOf(place),
            }
            : null;

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
