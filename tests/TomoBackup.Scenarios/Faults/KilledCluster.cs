using System.Diagnostics;
using System.Text.Json;
using TomoBackup.Postgres.Server;
using TomoBackup.Testing;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.Postgres;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.Faults;

/// <summary>A real cluster, archived and backed up by the executable, which is killed again and again.</summary>
sealed class KilledCluster : IAsyncDisposable
{
    /// <summary>Points at which each verb is killed.</summary>
    public const int Points = 15;

    const int Seed = 20260302;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Random _chance = new(Seed);

    KilledCluster(TestFolder folder, TestCluster cluster)
    {
        Folder = folder;
        Cluster = cluster;
        Ledger = new CommitLedger(cluster);
        var policy = TestPolicy.In(folder, cluster.Connection) with { DataDirectory = cluster.DataDirectory };
        Tool = new ToolRunner(folder) { PolicyFile = policy.WriteTo(folder) };
    }

    public TestFolder Folder { get; }

    public TestCluster Cluster { get; }

    public CommitLedger Ledger { get; }

    public ToolRunner Tool { get; }

    /// <summary>With a ledger, a repository, and one backup.</summary>
    public static async Task<KilledCluster> StartAsync()
    {
        var folder = new TestFolder();
        var made = new KilledCluster(
            folder,
            await TestCluster.InitializeAsync(folder["data"], new TestClusterOptions { SegmentMegabytes = 1 }));

        made.Cluster.ArchiveWith($"{ToolRunner.Binary} --policy {made.Tool.PolicyFile} wal push %p");
        made.Cluster.Configure("wal_keep_size", "64MB");
        await made.Cluster.StartAsync();
        await made.Tool.ExpectAsync(0, "init");
        await made.Ledger.CreateTableAsync();
        await made.Ledger.WriteAsync(20);
        await made.Tool.ExpectAsync(0, "backup", "--full");
        return made;
    }

    /// <summary>Runs a verb once, left alone.</summary>
    public async Task<UsualTime> MeasureAsync(params IReadOnlyList<string> arguments)
    {
        var began = Stopwatch.GetTimestamp();
        await Tool.ExpectAsync(0, arguments);
        return new UsualTime(Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Runs a verb and kills it at one of the points, spread over its usual time with chance within
    /// each.</summary>
    /// <returns>True where it was killed, false where it had ended before.</returns>
    public async Task<bool> KillAsync(int point, UsualTime usual, params IReadOnlyList<string> arguments)
    {
        using var death = new CancellationTokenSource(usual.At((point + _chance.NextDouble()) / Points));
        var began = Stopwatch.GetTimestamp();

        try
        {
            await Tool.RunAsync(new Dictionary<string, string?>(), arguments, death.Token);
            usual.Correct(Stopwatch.GetElapsedTime(began));
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>Ids of the backups that list calls good.</summary>
    public async Task<IReadOnlyList<string>> ListAsync()
    {
        using var answer = JsonDocument.Parse((await Tool.ExpectAsync(0, "list", "--json")).Output);
        var root = answer.RootElement;
        var backups = root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("backups");
        return [.. backups.EnumerateArray().Select(static b => b.GetProperty("id").GetString()!)];
    }

    /// <summary>Changes the archive command of the running server.</summary>
    public async Task ArchiveWithAsync(string command)
    {
        await Cluster.ExecuteAsync($"ALTER SYSTEM SET archive_command = '{command}'");
        await Cluster.ExecuteAsync("SELECT pg_reload_conf()");
    }

    /// <summary>Ends the segment that is being written and waits until nothing waits for the archiver.</summary>
    public async Task ArchiveAllAsync()
    {
        await Cluster.ScalarAsync<string>("SELECT pg_create_restore_point('end')::text");
        var name = await Cluster.ScalarAsync<string>("SELECT pg_walfile_name(pg_switch_wal())");
        using var patience = new CancellationTokenSource(Patience);
        var status = $"{Cluster.DataDirectory}/pg_wal/archive_status";

        while (Directory.GetFiles(status, "*.ready").Length > 0 || !File.Exists($"{status}/{name}.done"))
            await Task.Delay(20, patience.Token);
    }

    /// <summary>Restores, lets PostgreSQL's own tool compare, starts, and compares the rows.</summary>
    public async Task MustRestoreAsync(string name, LedgerExpectation expected, params IReadOnlyList<string> target)
    {
        await Tool.ExpectAsync(0, ["restore", "--into", Folder[name], .. target]);
        await MustVerifyAsync(name);
        await using var copy = await TestCluster.AttachAsync(Folder[name], 18);
        await copy.StartAsync(new Dictionary<string, string> { ["archive_mode"] = "off" });
        await copy.WaitUntilPromotedAsync();
        await CommitLedger.VerifyAsync(copy, expected);
    }

    /// <summary>Fails unless PostgreSQL's own tool finds every file of a restored directory.</summary>
    public async Task MustVerifyAsync(string name)
    {
        var answer = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(Cluster.Installation.BinaryFor("pg_verifybackup"), Folder[name]),
            CancellationToken.None);
        Assert.True(answer.ExitCode == 0, $"pg_verifybackup '{Folder[name]}': {answer.Output} {answer.Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        Folder.Dispose();
    }
}

/// <summary>How long a verb takes when it is left alone. The machine is busy with other tests, more at one moment and
/// less at the next: who outlives his death makes the later ones come earlier.</summary>
sealed class UsualTime(TimeSpan first)
{
    TimeSpan _usual = first;

    public TimeSpan At(double part) => _usual * part;

    public void Correct(TimeSpan took) => _usual = took < _usual ? took : _usual;
}
