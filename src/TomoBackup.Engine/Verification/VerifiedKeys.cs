using TomoBackup.Codecs;
using TomoBackup.Repositories;

namespace TomoBackup.Verification;

/// <summary>
/// Keys of epochs that a signed record names, and no others. A pack of any other epoch, or of one whose key file is
/// damaged, is damaged itself: nobody who has only the repository could read it. That a key is not at hand here, or is
/// another one than was signed, says nothing about the repository, and is thrown.
/// </summary>
sealed class VerifiedKeys(IEpochKeys inner, IReadOnlyDictionary<EpochId, EpochRecord> signed) : IEpochKeys
{
    /// <inheritdoc/>
    public async ValueTask<EpochKey> GetAsync(EpochId epoch, CancellationToken cancellationToken)
    {
        if (!signed.TryGetValue(epoch, out var record))
            throw new CodecException(CodecFailure.Foreign, $"no signed record names its epoch {epoch}");

        var key = await FetchAsync(epoch, cancellationToken).ConfigureAwait(false);

        return Convert.ToHexStringLower(key.Commitment()) == record.Commitment
            ? key
            : throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"the key of epoch {epoch} on this host is not the one that was signed",
                hint: "Remove it from this host's state, and give the recovery key with '--identity FILE'.");
    }

    async ValueTask<EpochKey> FetchAsync(EpochId epoch, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.GetAsync(epoch, cancellationToken).ConfigureAwait(false);
        }
        catch (TomoBackupException e) when (e.Code == ErrorCode.RepositoryDamaged)
        {
            throw new CodecException(CodecFailure.Damaged, $"its key cannot be had: {e.Message}", e);
        }
    }
}
