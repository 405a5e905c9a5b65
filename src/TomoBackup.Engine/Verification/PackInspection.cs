using System.Collections.Concurrent;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>
/// Opens one pack object after the other, hashing all its bytes on the way, and knows every pack id that it met: one id
/// with two contents would mean that a nonce was used twice, and gives both away.
/// </summary>
sealed class PackInspection(VerifyContext context, IEpochKeys keys)
{
    readonly ConcurrentDictionary<PackId, (ObjectKey Key, string Sha256)> _seen = new();

    public VerifyContext Context => context;

    /// <summary>Keys of signed epochs.</summary>
    public IEpochKeys Keys => keys;

    /// <summary>Reads one object whole. What is wrong with it is a finding.</summary>
    public async ValueTask<bool> InspectAsync(
        ObjectKey key,
        PackKind kind,
        string? sha256,
        Cost cost,
        Func<PackObjectReader, ValueTask> read,
        CancellationToken cancellationToken)
        => await context.TryAsync(
            key,
            cost,
            () => ReadAsync(key, kind, sha256, read, cancellationToken),
            cancellationToken).ConfigureAwait(false);

    /// <summary>Reads one object whole, and gives what is wrong with it; null for nothing.</summary>
    /// <param name="sha256">What the manifest says of its bytes; null where nobody says it.</param>
    /// <param name="read">Reads the frames in their order; throws where the content is not what it must be.</param>
    public ValueTask<string?> ProblemAsync(
        ObjectKey key,
        PackKind kind,
        string? sha256,
        Func<PackObjectReader, ValueTask> read,
        CancellationToken cancellationToken)
        => context.ProblemAsync(
            key, () => ReadAsync(key, kind, sha256, read, cancellationToken), cancellationToken);

    async ValueTask ReadAsync(
        ObjectKey key,
        PackKind kind,
        string? sha256,
        Func<PackObjectReader, ValueTask> read,
        CancellationToken cancellationToken)
    {
        var source = new HashingReader(
            await context.Repository.Store.OpenAsync(key, cancellationToken).ConfigureAwait(false)
                ?? throw new CodecException(CodecFailure.Damaged, "it was listed and is gone"),
            context.Progress);

        await using (source.ConfigureAwait(false))
        {
            var pack = await PackObjectReader
                .OpenAsync(source, kind, context.Lineage.Id, keys, cancellationToken).ConfigureAwait(false);

            await using (pack.ConfigureAwait(false))
            {
                await read(pack).ConfigureAwait(false);
                var hash = await source.FinishAsync(cancellationToken).ConfigureAwait(false);

                if (sha256 is not null && hash != sha256)
                    throw new CodecException(CodecFailure.Damaged, "its bytes are not those whose hash was signed");

                Note(pack.Table.Header.Id, key, hash);
            }
        }
    }

    /// <summary>The WAL that a backup keeps is the archive's own object, byte for byte: that is no second encryption.
    /// </summary>
    void Note(PackId id, ObjectKey key, string hash)
    {
        var first = _seen.GetOrAdd(id, (key, hash));

        if (first.Sha256 != hash)
            throw new CodecException(CodecFailure.Damaged,
                $"it has the pack id of '{first.Key}', which holds something else");
    }
}
