namespace TomoBackup.Storage;

/// <summary>
/// Lets those who commit the same key do it one after the other, for places that cannot create without replacing: the
/// second one then sees the first one's object. Among the writers of one process only.
/// </summary>
sealed class KeyTurns : IDisposable
{
    // Two keys may share a turn; they wait for each other then, and nothing else happens.
    const int Count = 64;

    readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Count).Select(_ => new SemaphoreSlim(1, 1))];

    public async Task<T> TakeAsync<T>(ObjectKey key, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var turn = _turns[(uint)key.GetHashCode() % Count];
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var turn in _turns)
            turn.Dispose();
    }
}
