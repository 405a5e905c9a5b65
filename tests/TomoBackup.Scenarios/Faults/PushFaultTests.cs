using TomoBackup.Testing;
using TomoBackup.Testing.Storage;
using TomoBackup.Testing.Tiny;

namespace TomoBackup.Scenarios.Faults;

/// <summary>A push into two repositories whose n-th operation on store or files goes wrong, for every n: the first
/// push of a cluster, which opens an epoch and claims the timeline; and the process that pushes ahead.</summary>
public sealed class PushFaultTests : IAsyncLifetime
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly TestFolder _folder = TestFolder.InMemory();
    TinyHost _host = null!;

    public async ValueTask InitializeAsync()
        => _host = await TinyHost.CreateAsync(_folder, repositories: 2, disk: null, Cancelled);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Fault.Kinds), MemberType = typeof(Fault))]
    public async Task An_acknowledged_segment_is_readable_and_asking_again_stores_one_content(FaultKind kind)
    {
        var count = _host.Copy("count");
        var clean = await Fault.CountAsync(plan => count.PushAsync(plan, Waiting(count)[0], Cancelled));

        for (var n = 1; n <= clean.Operations; n++)
            await StrikeAsync(n, kind);
    }

    async Task StrikeAsync(int n, FaultKind kind)
    {
        var host = _host.Copy($"run-{n}");
        var waiting = Waiting(host);
        var plan = FaultPlan.At(n, kind);
        var failure = await Record.ExceptionAsync(() => host.PushAsync(plan, waiting[0], Cancelled));
        Fault.MustBeUnderstood(failure, plan);

        if (failure is null)
            await host.MustHoldAsync(Path.GetFileName(waiting[0]), Cancelled);

        foreach (var path in waiting)
        {
            await host.PushAsync(FaultPlan.Count(), path, Cancelled);
            await host.MustHoldAsync(Path.GetFileName(path), Cancelled);
        }

        host.Delete();
    }

    [Theory]
    [MemberData(nameof(Fault.Kinds), MemberType = typeof(Fault))]
    public async Task What_went_wrong_ahead_is_never_taken_for_done(FaultKind kind)
    {
        var count = _host.Copy("count");
        var all = Waiting(count);
        await count.PushAsync(FaultPlan.Count(), all[0], Cancelled);
        var clean = await Fault.CountAsync(
            async plan => Assert.Equal(2, await count.PushAheadAsync(plan, all[0], Cancelled)));

        for (var n = 1; n <= clean.Operations; n++)
            await StrikeAheadAsync(n, kind);
    }

    async Task StrikeAheadAsync(int n, FaultKind kind)
    {
        var host = _host.Copy($"run-{n}");
        var waiting = Waiting(host);
        await host.PushAsync(FaultPlan.Count(), waiting[0], Cancelled);
        var plan = FaultPlan.At(n, kind);
        var failure = await Record.ExceptionAsync(() => host.PushAheadAsync(plan, waiting[0], Cancelled));

        if (failure is not null)
            Fault.MustBeUnderstood(failure, plan);

        foreach (var path in waiting)
        {
            await host.PushAsync(FaultPlan.Count(), path, Cancelled);
            await host.MustHoldAsync(Path.GetFileName(path), Cancelled);
        }

        host.Delete();
    }

    static List<string> Waiting(TinyHost host)
    {
        var paths = new List<string>();

        for (var i = 0; i < 3; i++)
        {
            host.Cluster.Write();
            paths.Add(host.Cluster.FinishSegment());
        }

        return paths;
    }
}
