using System.Buffers;
using System.Security.Cryptography;
using TomoBackup.Storage;

namespace TomoBackup.Following;

/// <summary>
/// Carries objects byte for byte from one store to another, and counts one as there only when its hash was found
/// right at arrival. Serves several workers.
/// </summary>
/// <param name="from">Where they are.</param>
/// <param name="to">Where they are to be.</param>
sealed class Courier(IObjectStore from, IObjectStore to)
{
    const int ChunkBytes = 1 << 20;

    /// <summary>Carries one.</summary>
    /// <exception cref="TomoBackupException">The original is not what its manifest says, or another content stands
    /// under the key (<see cref="ErrorCode.RepositoryDamaged"/>); the copy did not arrive as it was sent.</exception>
    /// <exception cref="StoreException">One of the two stores failed.</exception>
    public async Task<Delivery> CarryAsync(Parcel parcel, CancellationToken cancellationToken)
    {
        var source = await from.OpenAsync(parcel.Key, cancellationToken).ConfigureAwait(false);

        if (source is null)
            return Delivery.Gone;

        byte[] hash;
        CommitOutcome outcome;

        await using (source.ConfigureAwait(false))
        {
            if (source.Length != parcel.Length)
                throw NotTheOriginal(parcel, $"has {source.Length} bytes and not {parcel.Length}");

            var target = await to.CreateAsync(parcel.Key, cancellationToken).ConfigureAwait(false);

            await using (target.ConfigureAwait(false))
            {
                hash = await ReadAsync(
                    source, bytes => target.WriteAsync(bytes, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);

                if (parcel.Sha256 is { } expected && Convert.ToHexStringLower(hash) != expected)
                    throw NotTheOriginal(parcel, "is not what its manifest says");

                outcome = await target.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        // Somebody else's object, or a store that has no digest of its own: only reading it tells.
        if (outcome == CommitOutcome.AlreadyExists || !to.ProvesContent)
            await ProveAsync(parcel, hash, cancellationToken).ConfigureAwait(false);

        return Delivery.Arrived;
    }

    async Task ProveAsync(Parcel parcel, byte[] hash, CancellationToken cancellationToken)
    {
        var copy = await to.OpenAsync(parcel.Key, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreException(
                StoreFailure.Damaged, $"'{parcel.Key}' was stored in '{to.Address}' and is not there");

        await using (copy.ConfigureAwait(false))
        {
            var found = copy.Length == parcel.Length
                ? await ReadAsync(copy, static _ => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false)
                : [];

            if (!hash.AsSpan().SequenceEqual(found))
                throw TomoBackupException.Create(
                    ErrorCode.RepositoryDamaged,
                    $"'{parcel.Key}' in '{to.Address}' has another content than in '{from.Address}'",
                    hint: "Nothing was written over. Run 'tomo-backup verify --deep' on both: one of them is damaged.");
        }
    }

    static async Task<byte[]> ReadAsync(
        IObjectReader reader, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(reader.Length, 1, ChunkBytes));

        try
        {
            for (var at = 0L; at < reader.Length;)
            {
                var chunk = buffer.AsMemory(0, (int)Math.Min(Math.Min(buffer.Length, ChunkBytes), reader.Length - at));
                await reader.ReadAsync(at, chunk, cancellationToken).ConfigureAwait(false);
                hash.AppendData(chunk.Span);
                await take(chunk).ConfigureAwait(false);
                at += chunk.Length;
            }

            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    TomoBackupException NotTheOriginal(Parcel parcel, string what)
        => TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"'{parcel.Key}' in '{from.Address}' {what}",
            hint: "It was not copied. Run 'tomo-backup verify --deep' there, and take a full backup.");
}

/// <summary>What became of a parcel.</summary>
enum Delivery
{
    /// <summary>It is there, and its hash is right.</summary>
    Arrived,

    /// <summary>The original went meanwhile, as expiry has it.</summary>
    Gone,
}
