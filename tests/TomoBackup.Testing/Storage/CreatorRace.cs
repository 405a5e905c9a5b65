using TomoBackup.Storage;
using Xunit;

namespace TomoBackup.Testing.Storage;

/// <summary>Many create the same keys at once. For stores that promise that one wins and the others are told.</summary>
public static class CreatorRace
{
    const int Creators = 4;

    /// <summary>Fails unless each key has exactly one creator who heard that it stored the object, and its bytes.
    /// </summary>
    public static async Task RunAsync(IObjectStore store, int rounds, CancellationToken cancellationToken)
    {
        for (var round = 0; round < rounds; round++)
        {
            var key = $"race/{round}/object";
            var outcomes = await Task.WhenAll(Enumerable.Range(0, Creators).Select(worker => Task.Run(
                () => store.PutAsync(key, Noise.Of(1000 + worker), cancellationToken), cancellationToken)));

            var winner = Array.IndexOf(outcomes, CommitOutcome.Stored);
            Assert.Single(outcomes, CommitOutcome.Stored);
            Assert.Equal(Noise.Of(1000 + winner), await store.GetAsync(key, cancellationToken));
        }
    }
}
