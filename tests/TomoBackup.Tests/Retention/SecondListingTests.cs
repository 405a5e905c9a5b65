using System.Runtime.CompilerServices;
using TomoBackup.Repositories;
using TomoBackup.Retention;
using TomoBackup.Storage;

namespace TomoBackup.Tests.Retention;

/// <summary>What appears between the first listing of a run and its second one, or after that, stays: no deletion
/// follows from one listing.</summary>
public sealed class SecondListingTests(SmallRepositoryFixture fixture)
    : IClassFixture<SmallRepositoryFixture>, IDisposable
{
    static readonly ExpireOptions Expire = new(PlanOnly: false, AllowMore: true);

    readonly ExpireTrial _trial = new(fixture.Small);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    string Lineage => $"{fixture.Small.Lineage.Id}";

    public void Dispose() => _trial.Dispose();

    [Fact]
    public async Task A_hold_that_appears_keeps_its_backup()
    {
        var report = await RunAsync(2, () => new HoldOperation(
            [(_trial.Repository, fixture.Small.Lineage)], fixture.Small.Signer, "another", SystemEntropy.Instance,
            _trial.Time).RunAsync(Hold, Cancelled));

        Assert.Equal(0, report.Removed.Backups);
        Assert.Contains(_trial.Objects(), key => key.Contains(ExpireTrial.First, StringComparison.Ordinal));
        await _trial.MustBeWholeAsync("a hold");
    }

    [Fact]
    public async Task A_lease_that_appears_keeps_what_it_names()
    {
        var report = await RunAsync(2, () => Lease.TakeAsync(
            _trial.Repository, fixture.Small.Lineage.Id, "restore", "elsewhere", ExpireTrial.First,
            fixture.Small.Signer, SystemEntropy.Instance, _trial.Time, Cancelled));

        Assert.Equal(0, report.Removed.Backups);
        Assert.Contains(_trial.Objects(), key => key.Contains(ExpireTrial.First, StringComparison.Ordinal));
        await _trial.MustBeWholeAsync("a lease");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_manifest_that_appears_keeps_its_folder(bool isRightBefore)
    {
        var folder = RepositoryLayout.Backup(
            fixture.Small.Lineage.Id, "20260303T000000Z-00000005", "20260303T000000Z-00000005");
        var pack = new ObjectKey(folder + "pack-00001");
        _trial.Store.Tamper(pack, [1]);
        _trial.Time.Advance(TimeSpan.FromHours(30));

        var report = await RunAsync(isRightBefore ? 1 : 2, () =>
        {
            _trial.Store.Tamper(new ObjectKey(folder + RepositoryLayout.ManifestName), "{}"u8.ToArray());
            return Task.CompletedTask;
        }, isRightBefore ? folder : "backup/");

        Assert.Equal([folder], GoingOf(report));
        Assert.NotNull(_trial.Store.Peek(pack));
        Assert.NotNull(_trial.Store.Peek(new ObjectKey(folder + RepositoryLayout.ManifestName)));
    }

    [Theory]
    [InlineData(3, false)]

    // Seen by the second listing it says more: somebody writes to that timeline, so all the window needs of it stays.
    [InlineData(2, true)]
    public async Task A_segment_that_comes_late_stays(int listing, bool keepsItsNeighbours)
    {
        var late = new ObjectKey(
            $"wal/{Lineage}/00000001/0000000100000000/000000010000000000000004-{new string('b', 32)}");

        var report = await RunAsync(listing, () =>
        {
            _trial.Time.Advance(TimeSpan.FromSeconds(1));
            _trial.Store.Tamper(late, [1]);
            return Task.CompletedTask;
        }, "wal/");

        Assert.NotNull(_trial.Store.Peek(late));
        Assert.Contains(report.Plan.Wal, w => w is { Timeline: 1, First: <= 4, Last: >= 4, Fate: Fate.Goes });
        Assert.Equal(
            keepsItsNeighbours,
            _trial.Objects().Any(key => key.Contains("/000000010000000000000003-", StringComparison.Ordinal)));
    }

    static HoldOptions Hold => new(ExpireTrial.First, Release: false, Until: null, "an audit");

    IEnumerable<string> GoingOf(ExpireReport report)
        => report.Plan.Unfinished.Where(u => u.Fate == Fate.Goes)
            .Select(u => RepositoryLayout.Backup(fixture.Small.Lineage.Id, u.Folder.Generation, u.Folder.Id));

    /// <summary>A run that would remove the first backup, in a store where something happens meanwhile.</summary>
    async Task<ExpireReport> RunAsync(int listing, Func<Task> meanwhile, string prefix = "backup/")
    {
        await _trial.MarkedAsync();
        var store = new ChangingStore(_trial.Store, prefix, listing, meanwhile);
        var report = await _trial.RunAsync(store, Expire);

        Assert.Empty(report.Refusals);
        Assert.Contains(report.Plan.Backups, b => b.Backup.Id == ExpireTrial.First && b.Fate == Fate.Goes);
        Assert.True(store.HasChanged, "nothing was listed that often");
        return report;
    }

    /// <summary>Something happens just before a prefix is listed for the n-th time.</summary>
    sealed class ChangingStore(IObjectStore inner, string prefix, int listing, Func<Task> change) : IObjectStore
    {
        int _listings;

        public bool HasChanged => _listings >= listing;

        public string Address => inner.Address;

        public ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
            => inner.CreateAsync(key, cancellationToken);

        public ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
            => inner.OpenAsync(key, cancellationToken);

        public async IAsyncEnumerable<ObjectEntry> ListAsync(
            string below, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (below.StartsWith(prefix, StringComparison.Ordinal) && ++_listings == listing)
                await change();

            await foreach (var entry in inner.ListAsync(below, cancellationToken))
                yield return entry;
        }

        public ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
            => inner.DeleteAsync(key, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
