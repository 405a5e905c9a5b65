using System.Text.RegularExpressions;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Server;
using TomoBackup.Testing;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.Postgres;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>What one backup said of itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="StopLsn">Its end.</param>
sealed record TakenBackup(string Id, Lsn StopLsn);

/// <summary>
/// A cluster in production: archived and backed up by the executable, its commits in a ledger. Everything
/// stands in one folder of the test, and is restored beside it.
/// </summary>
sealed partial class ProtectedCluster : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly List<TestCluster> _copies = [];
    readonly TestClusterOptions _options;

    ProtectedCluster(TestFolder folder, TestCluster cluster, TestClusterOptions options)
    {
        Folder = folder;
        Cluster = cluster;
        _options = options;
        Ledger = new CommitLedger(cluster);
        Policy = TestPolicy.In(folder, cluster.Connection) with { DataDirectory = cluster.DataDirectory };
        Tool = new ToolRunner(folder) { PolicyFile = Policy.WriteTo(folder) };
    }

    public TestFolder Folder { get; }

    public TestCluster Cluster { get; }

    public CommitLedger Ledger { get; }

    public TestPolicy Policy { get; }

    public ToolRunner Tool { get; }

    public string EscrowSheet => Folder["escrow-sheet-main.txt"];

    /// <summary>As it stands in postgresql.conf.</summary>
    public string ArchiveCommand => $"{ToolRunner.Binary} --policy {Tool.PolicyFile} wal push %p";

    /// <summary>A cluster with a ledger of a few rows, its repository made and its archive running.</summary>
    public static async Task<ProtectedCluster> StartAsync(TestClusterOptions? options = null)
    {
        var protectedCluster = await InitializeAsync(options);
        await protectedCluster.BeginAsync();
        return protectedCluster;
    }

    /// <summary>A cluster that is not started yet, for tests that change its configuration.</summary>
    public static async Task<ProtectedCluster> InitializeAsync(TestClusterOptions? options = null)
    {
        var chosen = (options ?? new TestClusterOptions()) with { SegmentMegabytes = 1 };
        var folder = new TestFolder();
        var made = new ProtectedCluster(folder, await TestCluster.InitializeAsync(folder["data"], chosen), chosen);
        made.Cluster.ArchiveWith(made.ArchiveCommand);
        // A checkpoint of its own would recycle segments that tests compare with.
        made.Cluster.Configure("checkpoint_timeout", "1h");
        made.Cluster.Configure("wal_keep_size", "64MB");
        return made;
    }

    /// <summary>Starts the server, and everything that protects it.</summary>
    public async Task BeginAsync(IReadOnlyDictionary<string, string>? overrides = null)
    {
        await Cluster.StartAsync(overrides ?? new Dictionary<string, string>());
        await Tool.ExpectAsync(0, "init");
        await Ledger.CreateTableAsync();
        await Ledger.WriteAsync(10);
    }

    public async Task<TakenBackup> BackupAsync(int exitCode = 0)
        => Read(await Tool.ExpectAsync(exitCode, "backup", "--full"));

    /// <summary>Takes an incremental backup.</summary>
    public async Task<TakenBackup> IncrementAsync()
    {
        var taken = await Tool.ExpectAsync(0, "backup", "--incremental");
        Assert.StartsWith("incremental ", taken.Output, StringComparison.Ordinal);
        return Read(taken);
    }

    /// <summary>Ends the segment that is being written.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> SwitchAsync()
    {
        // Right behind a switch another one does nothing, and names a segment that goes on.
        await Cluster.ScalarAsync<string>("SELECT pg_create_restore_point('switch')::text");
        return await Cluster.ScalarAsync<string>("SELECT pg_walfile_name(pg_switch_wal())");
    }

    /// <summary>Ends the segment that is being written, and waits until it is in the repository.</summary>
    public async Task<string> ArchiveAsync()
    {
        var name = await SwitchAsync();
        await WaitUntilAsync(() => ArchivedObjects(name).Count > 0, $"'{name}' is archived");
        return name;
    }

    /// <summary>Commits rows over several finished segments, and returns their names.</summary>
    public async Task<IReadOnlyList<string>> WriteSegmentsAsync(int count, int rows = 5)
    {
        var names = new List<string>();

        for (var n = 0; n < count; n++)
        {
            await Ledger.WriteAsync(rows);
            names.Add(await ArchiveAsync());
        }

        return names;
    }

    /// <summary>Commits rows over several finished segments, and waits until the server's archiver is through with
    /// them: for a repository that is no folder.</summary>
    public async Task WriteArchivedAsync(int segments)
    {
        for (var n = 0; n < segments; n++)
        {
            await Ledger.WriteAsync(5);
            var name = await SwitchAsync();
            await WaitUntilAsync(
                () => Cluster.ScalarAsync<bool>(
                    $"SELECT coalesce(last_archived_wal, '') >= '{name}' FROM pg_stat_archiver")
                    .GetAwaiter().GetResult(),
                $"'{name}' is archived");
        }
    }

    /// <summary>The objects of a WAL file or history file in the repository.</summary>
    public IReadOnlyList<string> ArchivedObjects(string name)
        => [.. new[] { "wal", "history" }
            .Select(kind => Path.Combine(Policy.Repository, kind))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, $"{name}-*", SearchOption.AllDirectories))];

    /// <summary>Where a copy will be, with a socket of its own; taken down with this cluster.</summary>
    public async Task<TestCluster> PlaceAsync(string name)
    {
        var copy = await TestCluster.AttachAsync(Folder[name], _options.Major);
        _copies.Add(copy);
        return copy;
    }

    /// <summary>Restores beside production, starts it, and expects it to arrive.</summary>
    public async Task<(TestCluster Copy, ProcessResult Result)> RestoreAsync(
        string name, params IReadOnlyList<string> arguments)
    {
        var copy = await PlaceAsync(name);
        var result = await Tool.ExpectAsync(0, [.. StartArguments(copy), "--start", .. arguments]);
        Assert.True(copy.IsRunning, $"'{copy.DataDirectory}' was restored and does not run");
        return (copy, result);
    }

    /// <summary>A restore's arguments for a copy that can run beside production.</summary>
    public static IReadOnlyList<string> StartArguments(TestCluster copy)
        =>
        [
            "restore", "--into", copy.DataDirectory, "--postgres", copy.Installation.ProgramFolder(),
            "--set", $"unix_socket_directories={copy.SocketDirectory}", "--set", "port=5432",
        ];

    public static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience);

        while (!condition())
            await Task.Delay(20, patience.Token).ContinueWith(
                task => Assert.False(task.IsCanceled, $"never happened: {what}"), TaskScheduler.Default);
    }

    public static TakenBackup Read(ProcessResult result)
        => Said().Match(result.Output) is { Success: true } said
            ? new TakenBackup(said.Groups["id"].Value, Lsn.Parse(said.Groups["stop"].Value))
            : throw new InvalidOperationException($"no backup in: {result.Output}");

    public async ValueTask DisposeAsync()
    {
        foreach (var copy in _copies)
            await copy.DisposeAsync();

        await Cluster.DisposeAsync();
        Folder.Dispose();
    }

    [GeneratedRegex(
        @"^(?:full|incremental) backup (?<id>\d{8}T\d{6}Z-[0-9a-f]{8}) .*?WAL \S+ to (?<stop>\S+) on",
        RegexOptions.Singleline)]
    private static partial Regex Said();
}
