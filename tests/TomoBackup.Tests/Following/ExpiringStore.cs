using TomoBackup.Storage;

namespace TomoBackup.Tests.Following;

/// <summary>A store that an object goes from just before backups are listed for the n-th time.</summary>
sealed class ExpiringStore(IObjectStore inner, ObjectKey gone, int listings) : IObjectStore
{
    int _listings;

    public string Address => inner.Address;

    public ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
        => inner.CreateAsync(key, cancellationToken);

    public ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
        => inner.OpenAsync(key, cancellationToken);

    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (prefix.StartsWith("backup/", StringComparison.Ordinal) && ++_listings == listings)
            await inner.DeleteAsync(gone, cancellationToken);

        await foreach (var entry in inner.ListAsync(prefix, cancellationToken))
            yield return entry;
    }

    public ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
        => inner.DeleteAsync(key, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
