using System.Security.Cryptography;
using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// Finds the data keys of a lineage's epochs: those that this host holds open, and with recovery identities those in
/// the repository's age files. An epoch that no valid signature names is refused, whatever it decrypts to.
/// </summary>
sealed class KeyRing(
    Repository repository,
    Lineage lineage,
    OpenEpochs openEpochs,
    IReadOnlyList<AgeIdentity> identities) : IEpochKeys, IDisposable
{
    readonly Dictionary<EpochId, EpochKey> _keys = [];
    readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc/>
    public async ValueTask<EpochKey> GetAsync(EpochId epoch, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            if (!_keys.TryGetValue(epoch, out var key))
                _keys[epoch] = key = openEpochs.TryRead(epoch)
                    ?? await UnwrapAsync(epoch, cancellationToken).ConfigureAwait(false);

            return key;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>True where recovery identities are at hand, so that closed epochs can be read here (mode
    /// simple).</summary>
    public bool HasIdentities => identities.Count > 0;

    /// <summary>True for epochs that are open here, and with identities for all.</summary>
    public bool CanOpen(EpochId epoch) => HasIdentities || openEpochs.Has(epoch);

    /// <summary>The signed records of every epoch, open or closed; one for each wrap of its key.</summary>
    public async IAsyncEnumerable<EpochRecord> EpochsAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in repository.Store
            .ListAsync(RepositoryLayout.Keys(lineage.Id), cancellationToken).ConfigureAwait(false))
        {
            if (entry.Key.Value.EndsWith(".epoch", StringComparison.Ordinal)
                && await repository.TryReadAsync(entry.Key, cancellationToken).ConfigureAwait(false) is { } envelope)
                yield return Open(entry.Key, envelope);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _keys.Values)
            key.Dispose();

        _turn.Dispose();
    }

    async Task<EpochKey> UnwrapAsync(EpochId epoch, CancellationToken cancellationToken)
    {
        if (identities.Count == 0)
            throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"the key of epoch {epoch} is not on this host, and no recovery identity was given",
                hint: "Give the recovery key with '--identity FILE' (this host is sealed: it can encrypt, not "
                    + "decrypt).");

        var seen = false;

        await foreach (var record in RecordsAsync(epoch, cancellationToken).ConfigureAwait(false))
        {
            seen = true;

            if (await TryUnwrapAsync(record, cancellationToken).ConfigureAwait(false) is { } key)
                return key;
        }

        throw seen
            ? TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"none of the identities given opens epoch {epoch} of cluster '{lineage.Cluster}'",
                hint: "Use the recovery key or the escrow key that 'init' made for this repository.")
            : TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"repository '{repository.Name}' holds no signed key of epoch {epoch} of cluster '{lineage.Cluster}'",
                hint: "Data of this epoch cannot be read here. Look for the folder 'keys' in another copy of the "
                    + "repository.");
    }

    async Task<EpochKey?> TryUnwrapAsync(EpochRecord record, CancellationToken cancellationToken)
    {
        var name = RepositoryLayout.AgeFile(lineage.Id, record.Epoch, record.Wrap);
        var file = await repository.TryReadAsync(name, cancellationToken).ConfigureAwait(false);

        if (file is null)
            throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged, $"key file '{name}' is missing in repository '{repository.Name}'",
                hint: "Look for it in another copy of the repository.");

        if (Convert.ToHexStringLower(SHA256.HashData(file)) != record.Sha256)
            throw NotAuthentic(name.Value, "it is not the file that was signed");

        try
        {
            var key = new EpochKey(AgeFile.Decrypt(file, identities));

            if (Convert.ToHexStringLower(key.Commitment()) != record.Commitment)
                throw NotAuthentic(name.Value, "it holds another key than was signed");

            return key;
        }
        catch (CodecException e) when (e.Failure == CodecFailure.NoIdentity)
        {
            return null;
        }
        catch (CodecException e)
        {
            throw NotAuthentic(name.Value, e.Message);
        }
    }

    async IAsyncEnumerable<EpochRecord> RecordsAsync(
        EpochId epoch,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in repository.Store
            .ListAsync(RepositoryLayout.Keys(lineage.Id, epoch), cancellationToken).ConfigureAwait(false))
        {
            if (!entry.Key.Value.EndsWith(".epoch", StringComparison.Ordinal))
                continue;

            if (await repository.TryReadAsync(entry.Key, cancellationToken).ConfigureAwait(false) is { } envelope)
                yield return Open(entry.Key, envelope);
        }
    }

    EpochRecord Open(ObjectKey key, byte[] envelope)
    {
        try
        {
            return EpochRecord.Open(lineage, key, envelope);
        }
        catch (Exception e) when (e is CodecException or JsonException)
        {
            throw NotAuthentic(key.Value, e.Message);
        }
    }

    TomoBackupException NotAuthentic(string key, string reason)
        => TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"epoch file '{key}' in repository '{repository.Name}' is not authentic: {reason}",
            hint: "Nothing encrypted under it is used. Look for the same file in another copy of the repository.");
}
