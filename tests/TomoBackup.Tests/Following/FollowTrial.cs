using Microsoft.Extensions.Time.Testing;
using TomoBackup.Following;
using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing;
using TomoBackup.Testing.Repositories;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Following;

/// <summary>The small repository, and an empty one that follows it.</summary>
sealed class FollowTrial : IDisposable
{
    readonly SmallRepository _small;
    readonly TestFolder _folder = TestFolder.InMemory();
    readonly HostState _state;

    public FollowTrial(SmallRepository small)
    {
        _small = small;
        Source = new MemoryObjectStore(Time);

        foreach (var key in small.Store.Keys)
            Source.Tamper(key, [.. small.Store.Peek(key)!]);

        _state = new HostState(PhysicalFileSystem.Instance, _folder["state"], SystemEntropy.Instance);
        Target = new MemoryObjectStore(Time);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 2, 15, 0, 0, TimeSpan.Zero));

    public MemoryObjectStore Source { get; }

    public MemoryObjectStore Target { get; }

    public RetentionPolicy Retention { get; set; } = new();

    /// <summary>What of the source a follower is to have: all but its marker, leases and intents.</summary>
    public IReadOnlyList<ObjectKey> Wanted
        => [.. Source.Keys.Where(k => k.Value.Split('/')[0] is "lineage" or "keys" or "history" or "wal" or "backup")];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>One run of a new process.</summary>
    public Task<FollowReport> RunAsync(bool planOnly = false, int workers = 4)
        => RunAsync(Source, Target, planOnly, workers);

    public async Task<FollowReport> RunAsync(
        IObjectStore source, IObjectStore target, bool planOnly = false, int workers = 4)
    {
        var from = _small.Repository with { Name = "local", Store = source };
        using var keys = _small.Keys(from);

        return await new FollowOperation(new FollowContext
        {
            Source = from,
            Target = _small.Repository with { Name = "offsite", Store = target },
            Lineage = _small.Lineage,
            Keys = keys,
            State = _state,
            Retention = Retention,
            Time = Time,
            Progress = new Progress<OperationProgress>(),
        }).RunAsync(new FollowOptions(planOnly, workers), Cancelled);
    }

    /// <summary>Whatever happened: nothing is there that is not the original's, and a manifest has all that it
    /// names.</summary>
    public void ExpectHonest()
    {
        foreach (var key in Target.Keys)
            Assert.Equal(_small.Store.Peek(key), Target.Peek(key));

        foreach (var backup in _small.Backups.Select(b => b.Manifest))
            if (Target.Peek(Catalog.KeyOf(backup)) is not null)
            {
                var folder = RepositoryLayout.Backup(backup.Lineage, backup.Generation, backup.Backup);
                Assert.All(backup.Objects, o => Assert.NotNull(Target.Peek(new ObjectKey(folder + o.Name))));
                Assert.All(
                    StoredPack.Of(backup).Values, pack => Assert.NotNull(Target.Peek(pack.Key)));
            }
    }

    public void Dispose() => _folder.Dispose();
}
