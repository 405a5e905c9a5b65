using System.Runtime.CompilerServices;
using TomoBackup.Storage;

namespace TomoBackup.Testing.Storage;

/// <summary>A store whose n-th operation goes wrong. Operations are each call, each write, each commit, each read and
/// each step of a listing.</summary>
public sealed class FaultyObjectStore(IObjectStore inner, FaultPlan plan) : IObjectStore
{
    /// <inheritdoc/>
    public string Address => inner.Address;

    /// <inheritdoc/>
    public async ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var lost = Enter($"create {key}");
        var writer = new Writer(this, plan, key, await inner.CreateAsync(key, cancellationToken));
        LoseReply(lost, key.Value);
        return writer;
    }

    /// <inheritdoc/>
    public async ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var lost = Enter($"open {key}");
        var reader = await inner.OpenAsync(key, cancellationToken);
        LoseReply(lost, key.Value);
        return reader is null ? null : new Reader(this, key, reader);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LoseReply(Enter($"list {prefix}"), prefix);

        await foreach (var entry in inner.ListAsync(prefix, cancellationToken))
        {
            LoseReply(Enter($"list {prefix} up to {entry.Key}"), prefix);
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var lost = Enter($"delete {key}");
        await inner.DeleteAsync(key, cancellationToken);
        LoseReply(lost, key.Value);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => plan.IsDead ? ValueTask.CompletedTask : inner.DisposeAsync();

    bool Enter(string operation)
        => plan.Enter(operation, (failure, what) => new StoreException(failure, $"store '{Address}': fault at {what}"));

    void LoseReply(bool lost, string what)
    {
        if (lost)
            throw new StoreException(StoreFailure.Unreachable, $"store '{Address}': the reply about '{what}' was lost");
    }

    sealed class Writer(FaultyObjectStore store, FaultPlan plan, ObjectKey key, IObjectWriter inner) : IObjectWriter
    {
        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            var lost = store.Enter($"write {key}");
            await inner.WriteAsync(bytes, cancellationToken);
            store.LoseReply(lost, key.Value);
        }

        public async ValueTask<CommitOutcome> CommitAsync(CancellationToken cancellationToken)
        {
            var lost = store.Enter($"commit {key}");
            var outcome = await inner.CommitAsync(cancellationToken);
            store.LoseReply(lost, key.Value);
            return outcome;
        }

        // The dead clean nothing up.
        public ValueTask DisposeAsync() => plan.IsDead ? ValueTask.CompletedTask : inner.DisposeAsync();
    }

    sealed class Reader(FaultyObjectStore store, ObjectKey key, IObjectReader inner) : IObjectReader
    {
        public long Length => inner.Length;

        public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var lost = store.Enter($"read {key} at {offset}");
            await inner.ReadAsync(offset, buffer, cancellationToken);
            store.LoseReply(lost, key.Value);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
