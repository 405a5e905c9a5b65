using TomoBackup.Storage;
using TomoBackup.Testing;
using TomoBackup.Testing.Storage;
using TomoBackup.Testing.Tiny;

namespace TomoBackup.Scenarios.Faults;

/// <summary>A restore to the end of the archive whose n-th operation on store or files goes wrong, for every n.
/// </summary>
public sealed class RestoreFaultTests : IAsyncLifetime
{
    const string LockFile = "pg_wal/tomo-backup/restore.lock";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly TestFolder _folder = TestFolder.InMemory();
    TinyHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await TinyHost.CreateAsync(_folder, repositories: 1, disk: null, Cancelled);
        await _host.BackupAsync(FaultPlan.Count(), Cancelled);
        _host.Cluster.Write();
        await _host.PushAsync(FaultPlan.Count(), _host.Cluster.FinishSegment(), Cancelled);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Fault.Kinds), MemberType = typeof(Fault))]
    public async Task Leaves_no_cluster_or_a_whole_one_and_may_be_run_again(FaultKind kind)
    {
        var clean = await Fault.CountAsync(plan => RestoreAsync(plan, "count"));

        for (var n = 1; n <= clean.Operations; n++)
        {
            var plan = FaultPlan.At(n, kind);
            var failure = await Record.ExceptionAsync(() => RestoreAsync(plan, $"run-{n}"));
            Fault.MustBeUnderstood(failure, plan);

            if (!TinyOracle.IsCluster(_folder[$"run-{n}"]))
            {
                Assert.True(failure is not null, $"{plan.Struck}: success without a control file");
                failure = await Record.ExceptionAsync(() => RestoreAsync(FaultPlan.Count(), $"run-{n}"));
                Assert.True(failure is null, $"run again after {plan.Struck}: {failure}");
            }

            _host.MustBeWhole(_folder[$"run-{n}"]);
            Directory.Delete(_folder[$"run-{n}"], recursive: true);
            Directory.Delete(TinyHost.TablespaceOf(_folder[$"run-{n}"]), recursive: true);
        }
    }

    [Fact]
    public async Task Another_restore_at_work_is_not_taken_for_a_killed_one()
    {
        await KillHalfWayAsync("half");
        var before = Entries("half");

        using (PhysicalFileSystem.Instance.TryLock(_folder[$"half/{LockFile}"]))
        {
            var refused = await Assert.ThrowsAsync<TomoBackupException>(() => RestoreAsync(FaultPlan.Count(), "half"));
            Assert.Equal(ErrorCode.Locked, refused.Code);
        }

        Assert.Equal(before, Entries("half"));
    }

    [Theory]
    [InlineData("postmaster.opts")]
    [InlineData("global/pg_control")]
    public async Task A_directory_that_a_server_may_have_run_on_is_never_cleared(string file)
    {
        await KillHalfWayAsync("half");
        Directory.CreateDirectory(_folder["half/global"]);
        _folder.Write($"half/{file}", "");
        var before = Entries("half");

        var refused = await Assert.ThrowsAsync<TomoBackupException>(() => RestoreAsync(FaultPlan.Count(), "half"));
        Assert.Equal(ErrorCode.Refused, refused.Code);
        Assert.Equal(before, Entries("half"));
    }

    [Fact]
    public async Task A_tablespace_is_cleared_only_where_the_killed_restore_linked_it()
    {
        await KillHalfWayAsync("half");
        File.Delete(_folder[$"half/pg_tblspc/{_host.Cluster.Oid}"]);
        await File.WriteAllTextAsync($"{TinyHost.TablespaceOf(_folder["half"])}/mine", "", Cancelled);

        var refused = await Assert.ThrowsAsync<TomoBackupException>(() => RestoreAsync(FaultPlan.Count(), "half"));
        Assert.Equal(ErrorCode.Refused, refused.Code);
        Assert.True(File.Exists($"{TinyHost.TablespaceOf(_folder["half"])}/mine"));
    }

    Task RestoreAsync(FaultPlan plan, string name) => _host.RestoreAsync(plan, null, _folder[name], Cancelled);

    async Task KillHalfWayAsync(string name)
    {
        var clean = await Fault.CountAsync(plan => RestoreAsync(plan, "count"));
        var half = clean.Log.ToList().FindIndex(o => o.StartsWith("write ", StringComparison.Ordinal)
            && o.Contains("base/5/16384", StringComparison.Ordinal));
        var failure = await Record.ExceptionAsync(() => RestoreAsync(FaultPlan.At(half + 1, FaultKind.Crash), name));
        Assert.IsType<SimulatedCrashException>(failure);
    }

    List<string> Entries(string name)
        => [.. Directory.EnumerateFileSystemEntries(_folder[name], "*", SearchOption.AllDirectories).Order()];
}
