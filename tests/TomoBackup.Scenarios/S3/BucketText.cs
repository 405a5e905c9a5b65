using TomoBackup.Testing;

namespace TomoBackup.Scenarios.S3;

/// <summary>A bucket as a policy names it, its key in files of the test's folder.</summary>
static class BucketText
{
    /// <param name="endpoint">Where the service listens.</param>
    /// <param name="folder">Takes <c>access.key</c> and <c>secret.key</c>.</param>
    /// <param name="more">Further keys.</param>
    public static string Of(Uri endpoint, string bucket, TestFolder folder, string more = "may_delete: true")
        => With(endpoint, bucket, $"file: {folder["access.key"]}", $"file: {folder["secret.key"]}", more);

    /// <param name="accessKey">Where it is read.</param>
    /// <param name="secretKey">Where it is read.</param>
    public static string With(Uri endpoint, string bucket, string accessKey, string secretKey, string more)
        => $"{{ store: \"s3://{bucket}/tomo\", endpoint: \"{endpoint}\", access_key: {{ {accessKey} }}, "
            + $"secret_key: {{ {secretKey} }}, {more} }}";

    /// <summary>Writes a key of which moto looks at the name only.</summary>
    public static void WriteKeys(TestFolder folder, string secret = "moto-secret-of-no-worth")
    {
        folder.WritePrivate("access.key", "moto-key\n");
        folder.WritePrivate("secret.key", $"{secret}\n");
    }
}
