using System.Runtime.CompilerServices;

namespace TomoBackup.Storage;

/// <summary>A store whose opening takes a conversation: with a server, with a program. It is opened by the first call
/// that needs it, and again by the next one where that failed.</summary>
/// <param name="address">For messages.</param>
/// <param name="open">Opens it.</param>
public sealed class LateStore(string address, Func<CancellationToken, Task<IObjectStore>> open) : IObjectStore
{
    readonly SemaphoreSlim _turn = new(1);
    IObjectStore? _store;

    /// <inheritdoc/>
    public string Address => address;

    /// <inheritdoc/>
    public bool IsFar => true;

    /// <inheritdoc/>
    public async ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
        => await (await StoreAsync(cancellationToken).ConfigureAwait(false)).CreateAsync(key, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
        => await (await StoreAsync(cancellationToken).ConfigureAwait(false)).OpenAsync(key, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken).ConfigureAwait(false);

        await foreach (var entry in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            yield return entry;
    }

    /// <inheritdoc/>
    public async ValueTask<StoreGuarantees> GuaranteesAsync(CancellationToken cancellationToken)
        => await (await StoreAsync(cancellationToken).ConfigureAwait(false)).GuaranteesAsync(cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
        => await (await StoreAsync(cancellationToken).ConfigureAwait(false)).DeleteAsync(key, cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_store is { } store)
            await store.DisposeAsync().ConfigureAwait(false);

        _turn.Dispose();
    }

    async Task<IObjectStore> StoreAsync(CancellationToken cancellationToken)
    {
        if (_store is { } ready)
            return ready;

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            return _store ??= await open(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
