namespace TomoBackup.Policies.Declaration;

/// <summary>The keys of <c>encryption</c> and of <c>backup</c>.</summary>
static class EncryptionKeys
{
    public static readonly ListKey<string> Recipients = new(
        "recipients",
        "Public age keys that can read backups, at least two.",
        new ListShape<string>(PolicyValues.Recipient)
        {
            Least = (2, "so that one lost key loses no backup"),
        })
    {
        WhenAbsent = "'init' makes two",
    };

    public static readonly PolicyKey<string> IdentityFile = new(
        "file", "The file with the recovery key.", PolicyValues.AbsolutePath)
    {
        IsRequired = true,
    };

    public static readonly SectionShape IdentityShape = new(IdentityFile);

    public static readonly PolicyKey Identity = new(
        "identity",
        "The recovery key on this host. Without one the host is sealed: it can write backups and cannot read them.",
        IdentityShape)
    {
        WhenAbsent = "none: sealed",
    };

    public static readonly SectionShape Shape = new(Recipients, Identity);

    public static readonly PolicyKey<int?> Workers = new(
        "workers", "Files in flight at once.", PolicyValues.Number(1, BackupTuning.MaxWorkers))
    {
        WhenAbsent = "chosen by the machine",
    };

    public static readonly PolicyKey<int?> CompressionLevel = new(
        "compression_level",
        "The level of zstd.",
        PolicyValues.Number(1, BackupTuning.MaxCompressionLevel))
    {
        Default = $"{new BackupTuning().CompressionLevel}",
    };

    public static readonly PolicyKey<int?> MaxChain = new(
        "max_chain",
        "Incremental backups of one generation, after which a full one is due.",
        PolicyValues.Number(1, BackupTuning.MostMaxChain))
    {
        Default = $"{new BackupTuning().MaxChain}",
    };

    public static readonly SectionShape BackupShape = new(Workers, CompressionLevel, MaxChain);
}
