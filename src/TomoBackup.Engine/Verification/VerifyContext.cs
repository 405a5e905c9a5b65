using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>What all checks of one verification share.</summary>
sealed record VerifyContext(Repository Repository, Lineage Lineage, Findings Findings, ReadingProgress Progress)
{
    /// <summary>Does work on one object. False where the object is damaged, which is a finding then.</summary>
    public async ValueTask<bool> TryAsync(
        ObjectKey key, Cost cost, Func<ValueTask> work, CancellationToken cancellationToken)
    {
        if (await ProblemAsync(key, work, cancellationToken).ConfigureAwait(false) is not { } problem)
            return true;

        Findings.Damage(key.Value, problem, cost);
        return false;
    }

    /// <summary>
    /// Does work on one object, and gives what speaks against the object as a sentence; null where nothing does. What
    /// speaks against the store, or a key that is not at hand, is thrown.
    /// </summary>
    public async ValueTask<string?> ProblemAsync(
        ObjectKey key, Func<ValueTask> work, CancellationToken cancellationToken)
    {
        try
        {
            await work().ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (IsDamage(e))
        {
            return $"'{key}' is damaged: {e.Message}";
        }
        catch (StoreException e)
        {
            if (!await StoreAnswersAsync(cancellationToken).ConfigureAwait(false))
                throw;

            return $"'{key}' cannot be read: {e.Message}";
        }
    }

    /// <summary>True for what bytes are refused with. A key that is not at hand says nothing about them.</summary>
    static bool IsDamage(Exception e)
        => e is CodecException or JsonException or PostgresFormatException
            or StoreException { Failure: StoreFailure.Damaged }
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
