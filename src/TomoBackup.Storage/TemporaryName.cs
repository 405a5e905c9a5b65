namespace TomoBackup.Storage;

/// <summary>Names of files that are not finished. Such a name is never kept or printed into a repository and need
/// only be unused, which O_EXCL checks; so it asks the system's entropy and not a seed that could repeat.</summary>
static class TemporaryName
{
    /// <summary>What all of them begin with.</summary>
    public const string Prefix = ".tmp-";

    const int RandomBytes = 16;

    public static string Next()
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        SystemEntropy.Instance.Fill(random);
        return Prefix + Convert.ToHexStringLower(random);
    }
}
