using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// Reads packs that are far away in few large pieces, for all workers of a restore together: what one fetched the other
/// finds. Where pieces are asked for one after the other, the next ones are fetched ahead. What is read here is
/// authenticated by whoever opens a frame. For many threads.
/// </summary>
sealed class PackWindows : IAsyncDisposable
{
    const int WindowBytes = 4 << 20;
    const int MostWindows = 16;
    const int Ahead = 3;

    readonly Lock _turn = new();
    readonly Dictionary<(ObjectKey Key, long Index), Window> _windows = [];
    readonly Dictionary<ObjectKey, long> _last = [];
    readonly Dictionary<ObjectKey, IObjectReader> _sources = [];
    readonly CancellationTokenSource _stop = new();
    long _uses;

    sealed class Window(Task<byte[]> bytes)
    {
        public Task<byte[]> Bytes => bytes;

        public long Used { get; set; }
    }

    /// <summary>A view of an object through the windows. The object stays open for as long as they do: a piece may be
    /// under way when the one who asked first has gone.</summary>
    public IObjectReader Of(ObjectKey key, IObjectReader source)
    {
        lock (_turn)
            return new View(this, key, source, ownsSource: !_sources.TryAdd(key, source));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);

        foreach (var window in _windows.Values)
            await ((Task)window.Bytes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        foreach (var source in _sources.Values)
            await source.DisposeAsync().ConfigureAwait(false);

        _stop.Dispose();
    }

    async ValueTask ReadAsync(
        ObjectKey key, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var index = offset / WindowBytes;
            var bytes = await Take(key, index).WaitAsync(cancellationToken).ConfigureAwait(false);
            var start = (int)(offset - (index * WindowBytes));
            var part = bytes.AsMemory(start, Math.Min(bytes.Length - start, buffer.Length));
            part.CopyTo(buffer);
            (offset, buffer) = (offset + part.Length, buffer[part.Length..]);
        }
    }

    Task<byte[]> Take(ObjectKey key, long index)
    {
        lock (_turn)
        {
            var source = _sources[key];
            var isNext = !_last.TryGetValue(key, out var last) || index == last + 1;
            _last[key] = Math.Max(index, last);
            var wanted = Begin(key, source, index);

            for (var next = index + 1; isNext && next <= index + Ahead && next * WindowBytes < source.Length; next++)
                _ = Begin(key, source, next);

            return wanted;
        }
    }

    // A fetch that failed is not kept: the next one who asks tries again.
    Task<byte[]> Begin(ObjectKey key, IObjectReader source, long index)
    {
        if (!_windows.TryGetValue((key, index), out var window)
            || window.Bytes is { IsCompleted: true, IsCompletedSuccessfully: false })
        {
            MakeRoom();
            _windows[(key, index)] = window = new Window(FetchAsync(source, index));
        }

        window.Used = ++_uses;
        return window.Bytes;
    }

    void MakeRoom()
    {
        while (_windows.Count >= MostWindows && Oldest() is { } oldest)
            _windows.Remove(oldest);
    }

    // What is still under way is waited for by somebody.
    (ObjectKey Key, long Index)? Oldest()
        => _windows.Where(entry => entry.Value.Bytes.IsCompleted).OrderBy(entry => entry.Value.Used)
            .Select(entry => ((ObjectKey, long)?)entry.Key).FirstOrDefault();

    async Task<byte[]> FetchAsync(IObjectReader source, long index)
    {
        // Off the lock that the caller holds.
        await Task.Yield();

        var offset = index * WindowBytes;
        var bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(WindowBytes, source.Length - offset));
        await source.ReadAsync(offset, bytes, _stop.Token).ConfigureAwait(false);
        return bytes;
    }

    sealed class View(PackWindows windows, ObjectKey key, IObjectReader source, bool ownsSource) : IObjectReader
    {
        public long Length => source.Length;

        public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            return offset + buffer.Length <= Length
                ? windows.ReadAsync(key, offset, buffer, cancellationToken)
                : source.ReadAsync(offset, buffer, cancellationToken); // whose failure says what is wrong
        }

        public ValueTask DisposeAsync() => ownsSource ? source.DisposeAsync() : ValueTask.CompletedTask;
    }
}
