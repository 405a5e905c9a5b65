using System.Diagnostics.CodeAnalysis;

namespace TomoBackup.Testing.Ledger;

/// <summary>Lets any number of commits through, or none.</summary>
[SuppressMessage("Design", "CA1001", Justification = "a semaphore without wait handle holds no resource")]
sealed class LedgerGate
{
    const int Everybody = 1024;

    readonly SemaphoreSlim _places = new(Everybody, Everybody);
    readonly SemaphoreSlim _closing = new(1, 1);

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        return new Place(_places, 1);
    }

    public async Task<IDisposable> CloseAsync()
    {
        await _closing.WaitAsync();

        try
        {
            for (var place = 0; place < Everybody; place++)
                await _places.WaitAsync();
        }
        finally
        {
            _closing.Release();
        }

        return new Place(_places, Everybody);
    }

    sealed class Place(SemaphoreSlim places, int count) : IDisposable
    {
        public void Dispose() => places.Release(count);
    }
}
