using TomoBackup.Codecs;
using TomoBackup.Repositories;

namespace TomoBackup.Archiving;

/// <summary>The keys that a push needs: one names contents, one encrypts.</summary>
sealed class PushKeys : IDisposable
{
    readonly ArchivingContext _context;
    readonly IdKey _id;
    readonly EpochId _epoch;
    readonly EpochKey _key;

    PushKeys(ArchivingContext context, IdKey id, EpochId epoch, EpochKey key)
        => (_context, _id, _epoch, _key) = (context, id, epoch, key);

    /// <summary>Reads them, and opens today's epoch where there is none.</summary>
    public static async Task<PushKeys> OpenAsync(ArchivingContext context, CancellationToken cancellationToken)
    {
        var id = ReadIdKey(context.State, context.Lineage);

        try
        {
            var opener = new EpochOpener(
                context.Repositories, context.Signer, context.State.OpenEpochs(context.Lineage.Id),
                context.Entropy, context.Time);
            var (epoch, key) = await new WalEpochs(opener, context.State, context.Lineage, context.Time)
                .CurrentAsync(cancellationToken).ConfigureAwait(false);

            return new PushKeys(context, id, epoch, key);
        }
        catch
        {
            id.Dispose();
            throw;
        }
    }

    /// <summary>The key that names contents: without it a host cannot push.</summary>
    public static IdKey ReadIdKey(HostState state, Lineage lineage)
    {
        using var key = state.OpenEpochs(lineage.Id).TryRead(lineage.IdEpoch)
            ?? throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                $"this host has no id key of cluster '{lineage.Cluster}'",
                hint: "Run 'tomo-backup init' again with the recovery identity: it restores what this host lost.");

        return new IdKey(key);
    }

    /// <summary>One for each worker; it borrows the keys.</summary>
    public WalPusher NewPusher() => new(_context, _id, _epoch, _key);

    /// <inheritdoc/>
    public void Dispose()
    {
        _id.Dispose();
        _key.Dispose();
    }
}
