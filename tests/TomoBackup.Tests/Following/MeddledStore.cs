using TomoBackup.Storage;

namespace TomoBackup.Tests.Following;

/// <summary>A store in which something happens at the moment before one object is begun.</summary>
sealed class MeddledStore(IObjectStore inner, ObjectKey at, Action meddle) : IObjectStore
{
    public string Address => inner.Address;

    public ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (key == at)
            meddle();

        return inner.CreateAsync(key, cancellationToken);
    }

    public ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
        => inner.OpenAsync(key, cancellationToken);

    public IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, CancellationToken cancellationToken)
        => inner.ListAsync(prefix, cancellationToken);

    public ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
        => inner.DeleteAsync(key, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
