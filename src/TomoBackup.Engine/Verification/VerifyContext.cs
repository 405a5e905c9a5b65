using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>What all checks of one verification share.</summary>
sealed record VerifyContext(Repository Repository, Lineage Lineage, Findings Findings, ReadingProgress Progress)
{
    /// <summary>
    /// Does work on one object. What speaks against the object becomes a finding and the verification goes on; what
    /// speaks against the store, or a missing key, is thrown. False where the object is damaged.
    /// </summary>
    public async ValueTask<bool> TryAsync(
        ObjectKey key, Cost cost, Func<ValueTask> work, CancellationToken cancellationToken)
    {
        try
        {
            await work().ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsDamage(e))
        {
            Findings.Damage(key.Value, $"'{key}' is damaged: {e.Message}", cost);
        }
        catch (StoreException e)
        {
            if (!await StoreAnswersAsync(cancellationToken).ConfigureAwait(false))
                throw;

            Findings.Damage(key.Value, $"'{key}' cannot be read: {e.Message}", cost);
        }

        return false;
    }

    /// <summary>True for what bytes are refused with. A key that is not at hand says nothing about them.</summary>
    public static bool IsDamage(Exception e)
        => e is CodecException or JsonException or PostgresFormatException or StoreException { Failure: StoreFailure.Damaged }
            or TomoBackupException { Code: ErrorCode.RepositoryDamaged or ErrorCode.Damaged or ErrorCode.Refused };

    /// <summary>All bytes of a small document, or a finding.</summary>
    public async ValueTask<byte[]?> TryReadAsync(ObjectKey key, Cost cost, CancellationToken cancellationToken)
    {
        byte[]? bytes = null;

        await TryAsync(
            key,
            cost,
            async () => bytes = await Repository.TryReadAsync(key, cancellationToken).ConfigureAwait(false)
                ?? throw new CodecException(CodecFailure.Damaged, "it was listed and is gone"),
            cancellationToken).ConfigureAwait(false);

        return bytes;
    }

    /// <summary>Tells one unreadable object (a bad sector) from a store that is out of reach.</summary>
    async ValueTask<bool> StoreAnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Repository.TryReadAsync(RepositoryLayout.Marker, cancellationToken).ConfigureAwait(false)
                is not null;
        }
        catch (StoreException)
        {
            return false;
        }
    }
}
