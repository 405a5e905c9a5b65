using TomoBackup.Codecs;
using TomoBackup.Repositories;

namespace TomoBackup.Archiving;

/// <summary>The epoch that WAL is encrypted under: a new one every day, and the old key leaves this host.</summary>
sealed class WalEpochs(EpochOpener opener, HostState state, Lineage lineage, TimeProvider time)
{
    static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>The open epoch and its key, which the caller owns.</summary>
    public async Task<(EpochId Epoch, EpochKey Key)> CurrentAsync(CancellationToken cancellationToken)
    {
        var remembered = state.TryReadCluster(lineage.Cluster);
        var open = state.OpenEpochs(lineage.Id);
        var age = time.GetUtcNow() - remembered?.WalEpochOpened;

        if (remembered is { WalEpoch: { } epoch } && age >= TimeSpan.Zero && age < Longest
            && open.TryRead(epoch) is { } key)
            return (epoch, key);

        var opened = await opener.OpenAsync(lineage.Id, lineage.Recipients, EpochRecord.Wal, cancellationToken)
            .ConfigureAwait(false);

        var known = remembered ?? throw TomoBackupException.Create(
            ErrorCode.KeyMissingOrWrong,
            $"this host has lost its state of cluster '{lineage.Cluster}'",
            hint: "Run 'tomo-backup init' again: it keeps the lineage and makes what is missing.");

        state.WriteCluster(
            lineage.Cluster, known with { WalEpoch = opened.Epoch, WalEpochOpened = time.GetUtcNow() });

        if (known.WalEpoch is { } old)
            open.Erase(old);

        return opened;
    }
}
