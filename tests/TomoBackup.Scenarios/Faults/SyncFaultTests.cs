using TomoBackup.Storage;
using TomoBackup.Testing;
using TomoBackup.Testing.Storage;
using TomoBackup.Testing.Tiny;

namespace TomoBackup.Scenarios.Faults;

/// <summary>A disk that says once that it could not make something durable. A second fsync would say that all is well,
/// so the first one's failure must be heard.</summary>
public sealed class SyncFaultTests : IAsyncLifetime
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly TestFolder _folder = TestFolder.InMemory();
    TinyHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var repository = _folder.Make("repository");
        _host = await TinyHost.CreateAsync(
            _folder,
            repositories: 1,
            (_, files) => LocalStore.Open(files, repository, new LocalStoreOptions()),
            Cancelled);
        await _host.BackupAsync(FaultPlan.Count(), Cancelled);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_push_that_could_not_sync_is_not_acknowledged()
    {
        var clean = await Fault.CountAsync(plan => _host.PushAsync(plan, NextSegment(), Cancelled));
        var syncs = Syncs(clean);
        Assert.NotEmpty(syncs);

        foreach (var n in syncs)
        {
            var path = NextSegment();
            var plan = FaultPlan.At(n, FaultKind.FailOnce);
            var failure = await Record.ExceptionAsync(() => _host.PushAsync(plan, path, Cancelled));
            Assert.StartsWith($"operation {n}: sync", plan.Struck, StringComparison.Ordinal);
            Assert.True(failure is not null, $"{plan.Struck}: acknowledged");
            Fault.MustBeUnderstood(failure, plan);

            await _host.PushAsync(FaultPlan.Count(), path, Cancelled);
            await _host.MustHoldAsync(Path.GetFileName(path), Cancelled);
            TinyCluster.Acknowledge(path);
        }
    }

    [Fact]
    public async Task A_backup_that_could_not_sync_is_not_published()
    {
        var clean = await Fault.CountAsync(plan => _host.BackupAsync(plan, Cancelled));
        var published = clean.Log.ToList().FindIndex(o => o.StartsWith("rename ", StringComparison.Ordinal)
            && o.EndsWith("/manifest", StringComparison.Ordinal)) + 1;
        var syncs = Syncs(clean);
        Assert.NotEqual(0, published);
        Assert.InRange(syncs.Count(n => n < published), 10, int.MaxValue);

        var struck = 0;

        // Packs are made durable in the background, so the number of a sync varies from run to run: every number is
        // tried until enough of them were syncs.
        for (var n = 1; n < published && struck < 10; n++)
        {
            var before = await _host.WholeBackupsAsync(Cancelled);
            var plan = FaultPlan.At(n, FaultKind.FailOnce);
            var failure = await Record.ExceptionAsync(() => _host.BackupAsync(plan, Cancelled));
            Fault.MustBeUnderstood(failure, plan);

            if (plan.Struck?.Contains(": sync", StringComparison.Ordinal) is true)
            {
                struck++;
                Assert.True(failure is not null, $"{plan.Struck}: success");
                Assert.Equal(before, await _host.WholeBackupsAsync(Cancelled));
            }
        }

        Assert.InRange(struck, 5, int.MaxValue);
    }

    string NextSegment()
    {
        _host.Cluster.Write();
        return _host.Cluster.FinishSegment();
    }

    static List<int> Syncs(FaultPlan clean)
        => [.. clean.Log.Index()
            .Where(o => o.Item.StartsWith("sync ", StringComparison.Ordinal))
            .Select(o => o.Index + 1)];
}
