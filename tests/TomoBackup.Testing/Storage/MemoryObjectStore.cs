using System.Buffers;
using System.Runtime.CompilerServices;
using TomoBackup.Storage;

namespace TomoBackup.Testing.Storage;

/// <summary>A store without a disk. It keeps the whole contract, and one rule of directories that buckets lack: no key
/// lies below another, so that a test does not pass here and fail on a disk.</summary>
public sealed class MemoryObjectStore(TimeProvider time) : IObjectStore
{
    readonly Lock _lock = new();
    readonly SortedDictionary<ObjectKey, (byte[] Bytes, DateTimeOffset Modified)> _objects = [];
    readonly HashSet<string> _directories = [];

    /// <summary>Takes its times from this machine's clock.</summary>
    public MemoryObjectStore()
        : this(TimeProvider.System)
    {
    }

    /// <inheritdoc/>
    public string Address => "memory://";

    /// <summary>All keys, in order.</summary>
    public IReadOnlyList<ObjectKey> Keys
    {
        get
        {
            lock (_lock)
                return [.. _objects.Keys];
        }
    }

    /// <summary>The bytes under a key, which a test may spoil; null where there is no object.</summary>
    public byte[]? Peek(ObjectKey key)
    {
        lock (_lock)
            return _objects.TryGetValue(key, out var found) ? found.Bytes : null;
    }

    /// <summary>Puts bytes under a key, whatever stood there: what no honest store does.</summary>
    public void Tamper(ObjectKey key, byte[] bytes)
    {
        lock (_lock)
            _objects[key] = (bytes, time.GetUtcNow());
    }

    /// <inheritdoc/>
    public ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(new Writer(this, key));
    }

    /// <inheritdoc/>
    public ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Peek(key) is { } bytes ? new Reader(key, bytes) : null);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<ObjectEntry> found;

        lock (_lock)
            found = [.. _objects
                .Where(pair => pair.Key.Value.StartsWith(prefix, StringComparison.Ordinal))
                .Select(pair => new ObjectEntry(pair.Key, pair.Value.Bytes.Length, pair.Value.Modified))];

        foreach (var entry in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        lock (_lock)
            _objects.Remove(key);

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    CommitOutcome Publish(ObjectKey key, byte[] bytes)
    {
        lock (_lock)
        {
            var directories = DirectoriesOf(key.Value).ToList();

            if (_directories.Contains(key.Value) || directories.Any(path => _objects.ContainsKey(new ObjectKey(path))))
                throw new StoreException(StoreFailure.Damaged, $"'{key}' and an object above or below can not both be");

            _directories.UnionWith(directories);

            return _objects.TryAdd(key, (bytes, time.GetUtcNow()))
                ? CommitOutcome.Stored
                : CommitOutcome.AlreadyExists;
        }
    }

    static IEnumerable<string> DirectoriesOf(string key)
    {
        for (var slash = key.IndexOf('/'); slash >= 0; slash = key.IndexOf('/', slash + 1))
            yield return key[..slash];
    }

    sealed class Writer(MemoryObjectStore store, ObjectKey key) : IObjectWriter
    {
        ArrayBufferWriter<byte>? _bytes = new();

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Open.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask<CommitOutcome> CommitAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = Open.WrittenSpan.ToArray();
            _bytes = null;
            return new(store.Publish(key, bytes));
        }

        public ValueTask DisposeAsync()
        {
            _bytes = null;
            return ValueTask.CompletedTask;
        }

        ArrayBufferWriter<byte> Open
            => _bytes ?? throw new InvalidOperationException($"the writer of '{key}' is not open any more");
    }

    sealed class Reader(ObjectKey key, byte[] bytes) : IObjectReader
    {
        public long Length => bytes.Length;

        public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ArgumentOutOfRangeException.ThrowIfNegative(offset);

            if (offset + buffer.Length > bytes.Length)
                throw new StoreException(
                    StoreFailure.Damaged, $"'{key}' has fewer than {buffer.Length} bytes at {offset}");

            bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
