using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>What every backup needs, however young, is locked anew whenever one is stored: the repository's mark,
/// lineages and histories. Keys are made anew often enough.</summary>
static class LastingLocks
{
    static readonly string[] Lasting =
        [RepositoryLayout.Marker.Value, RepositoryLayout.LineagePrefix, RepositoryLayout.HistoryPrefix];

    /// <summary>Puts off the end of their locks; nothing where the store locks none.</summary>
    public static async Task RenewAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        if (!store.LocksObjects)
            return;

        foreach (var prefix in Lasting)
            await foreach (var entry in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
                await store.RenewLockAsync(entry.Key, cancellationToken).ConfigureAwait(false);
    }
}
