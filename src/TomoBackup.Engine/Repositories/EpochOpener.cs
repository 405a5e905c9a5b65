using System.Security.Cryptography;
using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>Opens new epochs: the key is durable in every repository before a byte is encrypted under it.</summary>
sealed class EpochOpener(
    IReadOnlyList<Repository> repositories,
    SigningKey signer,
    OpenEpochs openEpochs,
    IEntropy entropy,
    TimeProvider time)
{
    /// <summary>Makes, wraps, signs and publishes an epoch, and keeps its key open on this host. The caller owns the
    /// key that is returned.</summary>
    public async Task<(EpochId Epoch, EpochKey Key)> OpenAsync(
        LineageId lineage,
        IReadOnlyList<AgeRecipient> recipients,
        string purpose,
        CancellationToken cancellationToken)
    {
        var epoch = EpochId.New(entropy);
        var key = EpochKey.New(entropy);
        var file = AgeFile.Encrypt(key.Bytes, recipients, entropy);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        var wrap = hash[..16];

        var record = new EpochRecord
        {
            Lineage = lineage,
            Epoch = epoch,
            Purpose = purpose,
            Opened = time.GetUtcNow(),
            Commitment = Convert.ToHexStringLower(key.Commitment()),
            Wrap = wrap,
            Sha256 = hash,
            Recipients = [.. recipients.Select(r => r.ToString())],
        };

        var envelope = Dsse.Sign(
            DocumentType.Epoch,
            JsonSerializer.SerializeToUtf8Bytes(record, RepositoryJson.Default.EpochRecord),
            signer);

        foreach (var repository in repositories)
        {
            await repository.WriteOnceAsync(RepositoryLayout.AgeFile(lineage, epoch, wrap), file, cancellationToken)
                .ConfigureAwait(false);
            await repository
                .WriteOnceAsync(RepositoryLayout.EpochRecord(lineage, epoch, wrap), envelope, cancellationToken)
                .ConfigureAwait(false);
            await ListBackAsync(repository, lineage, epoch, file.Length, cancellationToken).ConfigureAwait(false);
        }

        openEpochs.Keep(epoch, key);
        return (epoch, key);
    }

    static async Task ListBackAsync(
        Repository repository, LineageId lineage, EpochId epoch, long length, CancellationToken cancellationToken)
    {
        await foreach (var entry in repository.Store.ListAsync(RepositoryLayout.Keys(lineage, epoch), cancellationToken)
            .ConfigureAwait(false))
            if (entry.Key.Value.EndsWith(".age", StringComparison.Ordinal) && entry.Length == length)
                return;

        throw TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"the key file of epoch {epoch} was written to repository '{repository.Name}' but is not listed there",
            hint: "Nothing was encrypted under it. Check the store, then run the command again.");
    }
}
