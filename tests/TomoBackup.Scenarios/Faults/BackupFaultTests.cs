using TomoBackup.Testing;
using TomoBackup.Testing.Storage;
using TomoBackup.Testing.Tiny;

namespace TomoBackup.Scenarios.Faults;

/// <summary>A backup whose n-th operation on store or files goes wrong, for every n.</summary>
public sealed class BackupFaultTests : IAsyncLifetime
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly TestFolder _folder = TestFolder.InMemory();
    TinyHost _host = null!;
    string _earlier = "";

    public async ValueTask InitializeAsync()
    {
        _host = await TinyHost.CreateAsync(_folder, repositories: 1, disk: null, Cancelled);
        _earlier = await _host.BackupAsync(FaultPlan.Count(), Cancelled);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Fault.Kinds), MemberType = typeof(Fault))]
    public async Task Nothing_partial_is_listed_and_the_next_backup_succeeds(FaultKind kind)
    {
        var clean = await Fault.CountAsync(plan => _host.Copy("count").BackupAsync(plan, Cancelled));

        for (var n = 1; n <= clean.Operations; n++)
            await StrikeAsync(n, kind, restores: n % Fault.Sample == 0 || n == clean.Operations);
    }

    async Task StrikeAsync(int n, FaultKind kind, bool restores)
    {
        var host = _host.Copy($"run-{n}");
        var plan = FaultPlan.At(n, kind);
        var failure = await Record.ExceptionAsync(() => host.BackupAsync(plan, Cancelled));
        Fault.MustBeUnderstood(failure, plan);

        var listed = await host.WholeBackupsAsync(Cancelled);
        Assert.Contains(_earlier, listed);
        Assert.True(failure is not null || listed.Count == 2, $"{plan.Struck}: success, and nothing is listed");

        var next = await host.BackupAsync(FaultPlan.Count(), Cancelled);
        Assert.Contains(next, await host.WholeBackupsAsync(Cancelled));

        if (restores)
            foreach (var backup in await host.WholeBackupsAsync(Cancelled))
                await host.MustRestoreAsync(backup, _folder[$"restored-{n}"], Cancelled);

        host.Delete();
    }
}
