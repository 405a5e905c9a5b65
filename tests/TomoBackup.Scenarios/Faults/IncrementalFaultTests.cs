using TomoBackup.Backups;
using TomoBackup.Testing;
using TomoBackup.Testing.Storage;
using TomoBackup.Testing.Tiny;

namespace TomoBackup.Scenarios.Faults;

/// <summary>An incremental backup whose n-th operation on store or files goes wrong, for every n: the second one of a
/// chain.</summary>
public sealed class IncrementalFaultTests : IAsyncLifetime
{
    const string Table = "base/5/16384";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly TestFolder _folder = TestFolder.InMemory();
    readonly Dictionary<string, IReadOnlyDictionary<string, byte[]>> _earlier = [];
    TinyHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await TinyHost.CreateAsync(_folder, repositories: 1, disk: null, Cancelled);
        await EarlierAsync(BackupRequest.Full);
        _host.Cluster.Change(Table, 3, 4, 20, 36, 37);
        await EarlierAsync(BackupRequest.Incremental);
        _host.Cluster.Cut(Table, 37);
        _host.Cluster.Change(Table, 4, 30);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Fault.Kinds), MemberType = typeof(Fault))]
    public async Task Earlier_backups_still_restore_and_the_next_incremental_one_succeeds(FaultKind kind)
    {
        var clean = await Fault.CountAsync(plan => IncrementAsync(_host.Copy("count"), plan));

        for (var n = 1; n <= clean.Operations; n++)
            await StrikeAsync(n, kind, restores: n % Fault.Sample == 0 || n == clean.Operations);
    }

    async Task StrikeAsync(int n, FaultKind kind, bool restores)
    {
        var host = _host.Copy($"run-{n}");
        var plan = FaultPlan.At(n, kind);
        var failure = await Record.ExceptionAsync(() => IncrementAsync(host, plan));
        Fault.MustBeUnderstood(failure, plan);

        var listed = await host.ParentsAsync(Cancelled);
        Assert.Subset(listed.Keys.ToHashSet(), _earlier.Keys.ToHashSet());
        Assert.True(
            failure is not null || listed.Count == _earlier.Count + 1,
            $"{plan.Struck}: success, and nothing is listed");

        var next = await IncrementAsync(host, FaultPlan.Count());
        var parents = await host.ParentsAsync(Cancelled);
        Assert.True(parents[next] is not null, $"{plan.Struck}: the next one is full");

        if (restores)
            foreach (var backup in parents.Keys)
                await host.MustRestoreAsync(
                    backup, _earlier.GetValueOrDefault(backup, host.Cluster.Files), _folder[$"restored-{n}"],
                    Cancelled);

        host.Delete();
    }

    async Task EarlierAsync(BackupRequest request)
        => _earlier[await _host.BackupAsync(FaultPlan.Count(), request, Cancelled)]
            = new Dictionary<string, byte[]>(_host.Cluster.Files);

    static Task<string> IncrementAsync(TinyHost host, FaultPlan plan)
        => host.BackupAsync(plan, BackupRequest.Incremental, Cancelled);
}
