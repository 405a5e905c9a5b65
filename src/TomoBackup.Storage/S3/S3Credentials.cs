namespace TomoBackup.Storage.S3;

/// <summary>An access key and its secret. Printing one shows neither.</summary>
/// <param name="accessKey">Name of the key, as the provider shows it.</param>
/// <param name="secret">What proves that the key is ours.</param>
public sealed class S3Credentials(string accessKey, string secret)
{
    internal string AccessKey { get; } = accessKey;

    internal string Secret { get; } = secret;

    /// <inheritdoc/>
    public override string ToString() => "***";
}
