using TomoBackup.Cli.Demo;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;
using TomoBackup.Testing;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Demo;

/// <summary>A running demonstration cluster with its data and a ledger, as the verb sets it up.</summary>
sealed class DemoStage : IAsyncDisposable
{
    readonly TestFolder _folder;

    DemoStage(TestFolder folder, DemoCluster cluster, DemoPlan plan)
    {
        _folder = folder;
        Cluster = cluster;
        Ledger = new DemoLedger(cluster.OpenAsync, plan, TimeProvider.System);
    }

    public DemoCluster Cluster { get; }

    public DemoLedger Ledger { get; }

    public long LoadedBytes { get; private init; }

    public string Archive => _folder["archive"];

    public string this[string name] => _folder[name];

    public static async Task<DemoStage> SetAsync(DemoPlan plan)
    {
        var folder = new TestFolder();
        var archive = folder.Make("archive");
        var cluster = await DemoCluster.InitializeAsync(
            await PostgresBinaries.FindAsync(DemoCluster.Major),
            new DemoClusterOptions
            {
                DataDirectory = folder["data"],
                SocketDirectory = folder.Make("s"),
                LogFile = folder["server.log"],
                ArchiveCommand = $"cp %p '{archive}/%f'",
            },
            ProcessRunner.Instance,
            TimeProvider.System,
            Stop);
        await cluster.StartAsync(Stop);
        await using var session = await cluster.OpenAsync(Stop);

        return new DemoStage(folder, cluster, plan)
        {
            LoadedBytes = await DemoContent.LoadAsync(session, plan, Stop),
        };
    }

    public async Task<IReadOnlyList<string>> CompareAsync(DemoMoment moment)
    {
        await using var session = await Cluster.OpenAsync(Stop);
        return (await new DemoOracle(moment.Expected).CompareAsync(session, Stop)).Differences;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var session = await Cluster.OpenAsync(Stop);
        await session.ExecuteAsync(sql, Stop);
    }

    public Task DestroyAsync() => Cluster.DestroyAsync(PhysicalFileSystem.Instance, Stop);

    public async ValueTask DisposeAsync()
    {
        Ledger.Dispose();
        await Cluster.DisposeAsync();
        _folder.Dispose();
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;
}
