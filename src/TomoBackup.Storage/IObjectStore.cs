namespace TomoBackup.Storage;

/// <summary>
/// A place that keeps immutable objects under keys. Objects appear whole or not at all, are durable when a commit
/// returns, and are never replaced. No key lies below another (<c>a</c> and <c>a/b</c>): a directory refuses it, a
/// bucket does not. Retrying, throttling and faults are layers with the same face. Failures are
/// <see cref="StoreException"/>.
/// </summary>
public interface IObjectStore : IAsyncDisposable
{
    /// <summary>The store's address for messages, without secrets: <c>file:///backup</c>.</summary>
    string Address { get; }

    /// <summary>True where a commit succeeds only after the store's own digest of what it holds was found to be that of
    /// what was sent. Otherwise only reading an object back tells whether it arrived as it left.</summary>
    bool ProvesContent => false;

    /// <summary>True where objects are locked as they are stored, so that for a time nobody removes them.</summary>
    bool LocksObjects => false;

    /// <summary>True where each read costs a journey: few large ones are better than many small ones.</summary>
    bool IsFar => false;

    /// <summary>Begins a new object. Nothing is visible before its commit; disposing without one abandons it.</summary>
    ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>Opens an object for reads at positions. Null where there is none: absence is an answer,
    /// unreachable is a <see cref="StoreException"/>.</summary>
    ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>All objects whose key begins with the prefix, in ordinal order of their keys. The prefix need not end
    /// at a slash.</summary>
    IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes an object; deleting what is not there succeeds.</summary>
    ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>What the place promises, which a store elsewhere may have to ask.</summary>
    ValueTask<StoreGuarantees> GuaranteesAsync(CancellationToken cancellationToken) => new(StoreGuarantees.All);

    /// <summary>Puts off the end of an object's lock to what it would be were it stored now; nothing where the store
    /// locks none. An earlier end than it has is never set.</summary>
    ValueTask RenewLockAsync(ObjectKey key, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>An object being written, front to back, by one writer at a time.</summary>
public interface IObjectWriter : IAsyncDisposable
{
    /// <summary>Appends bytes; the buffer may be reused when the task completes.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Makes the object durable and visible in one step. When an object stands under the key already, that
    /// one stays as it is and the answer says so.</summary>
    ValueTask<CommitOutcome> CommitAsync(CancellationToken cancellationToken);
}

/// <summary>What became of a commit.</summary>
public enum CommitOutcome
{
    /// <summary>The object is durable and visible.</summary>
    Stored,

    /// <summary>Another object holds the key; it was left alone and ours was dropped.</summary>
    AlreadyExists,
}

/// <summary>An open object; may be read from several threads.</summary>
public interface IObjectReader : IAsyncDisposable
{
    /// <summary>Bytes.</summary>
    long Length { get; }

    /// <summary>Fills the buffer from an offset; fewer bytes than asked for is a <see cref="StoreException"/>.
    /// </summary>
    ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);
}

/// <summary>An object as a listing shows it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">When the store says that it was written: for people and for grace periods, never for order.
/// </param>
public sealed record ObjectEntry(ObjectKey Key, long Length, DateTimeOffset Modified);
