using TomoBackup.Postgres.Server;
using TomoBackup.Testing;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Postgres;

/// <summary>The harness on itself: what a scenario says about a backup is worth no more than this.</summary>
public sealed class HarnessTests : IDisposable
{
    readonly TestFolder _folder = new();

    [Fact]
    public async Task A_cluster_with_a_graph_and_vectors_keeps_its_commits_over_a_restart()
    {
        await using var cluster = await StartAsync(new TestClusterOptions
        {
            Settings = new Dictionary<string, string> { ["session_preload_libraries"] = "age" },
        });
        await MakeGraphAndVectorsAsync(cluster);
        var ledger = new CommitLedger(cluster);
        await ledger.CreateTableAsync();
        await ledger.WriteAsync(50);

        await cluster.StopAsync();
        Assert.False(cluster.IsRunning);
        await cluster.StartAsync();

        Assert.Equal(50, ledger.Entries.Count);
        await CommitLedger.VerifyAsync(cluster, ledger.Everything);
        Assert.Equal(3, await cluster.ScalarAsync<long>("SELECT count(*) FROM knows._ag_label_vertex"));
        Assert.Equal("[3,3,3]", await cluster.ScalarAsync<string>(
            "SELECT at::text FROM place ORDER BY at <-> '[2.9,3,3]' LIMIT 1"));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task Acknowledged_commits_outlive_a_kill(int major)
    {
        await using var cluster = await StartAsync(new TestClusterOptions { Major = major });
        var ledger = new CommitLedger(cluster);
        await ledger.CreateTableAsync();

        var writing = ledger.KeepWritingAsync(writers: 3, TimeSpan.Zero, TestContext.Current.CancellationToken);
        await ledger.WriteAsync(100);
        await cluster.KillAsync();
        await writing;

        Assert.False(cluster.IsRunning);
        await cluster.StartAsync();
        Assert.True(ledger.Entries.Count > 100);
        await CommitLedger.VerifyAsync(cluster, ledger.Everything);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_marked_moment_comes_back_by_position_time_and_transaction(int major)
    {
        var archive = _folder.Make("archive");
        await using var cluster = await InitializeAsync(new TestClusterOptions { Major = major, SegmentMegabytes = 1 });
        cluster.ArchiveWith($"cp %p {archive}/%f");
        await cluster.StartAsync();
        var ledger = new CommitLedger(cluster);
        await ledger.CreateTableAsync();
        var copy = await CopyAsync(cluster);

        using var stop = new CancellationTokenSource();
        var writing = ledger.KeepWritingAsync(writers: 2, TimeSpan.FromMilliseconds(1), stop.Token);
        await ledger.WriteAsync(30);
        var moment = await ledger.MarkAsync();
        await ledger.WriteAsync(30);
        await stop.CancelAsync();
        await writing;
        await cluster.StopAsync();

        Assert.True(ledger.Entries.Count > moment.Commits);
        await ComesBackAsync("recovery_target_lsn", $"{moment.Lsn}");
        await ComesBackAsync("recovery_target_time", $"{moment.Time:yyyy-MM-dd HH:mm:ss.ffffff}+00");
        await ComesBackAsync("recovery_target_xid", $"{moment.LastTransaction}");

        async Task ComesBackAsync(string target, string value)
        {
            await using var restored = await RecoverAsync(copy, major, archive, target, value);
            Assert.NotNull(restored.Recovery.Stop);
            Assert.NotNull(restored.Recovery.Consistent);
            await CommitLedger.VerifyAsync(restored, ledger.At(moment));
        }
    }

    [Fact]
    public async Task A_lost_row_an_added_one_and_a_changed_one_are_each_noticed()
    {
        await using var cluster = await StartAsync(new TestClusterOptions());
        var ledger = new CommitLedger(cluster);
        await ledger.CreateTableAsync();
        await ledger.WriteAsync(5);
        await cluster.ExecuteAsync(
            """
            DELETE FROM ledger WHERE seq = 2;
            INSERT INTO ledger VALUES (99, 'x');
            UPDATE ledger SET note = '' WHERE seq = 4
            """);

        var difference = ledger.Everything.Compare(await CommitLedger.ReadAsync(cluster));

        Assert.Equal([2L], difference.Missing);
        Assert.Equal([99L], difference.Extra);
        Assert.Equal([4L], difference.Changed);
    }

    [Fact]
    public async Task A_cluster_leaves_no_process_and_no_socket_behind()
    {
        var cluster = await StartAsync(new TestClusterOptions());
        var (pid, sockets) = (PostmasterPid.Read(cluster.DataDirectory)!.Pid, cluster.SocketDirectory);

        await cluster.DisposeAsync();

        Assert.False(Directory.Exists(sockets));
        Assert.False(Directory.Exists($"/proc/{pid}"));
    }

    public void Dispose() => _folder.Dispose();

    async Task<TestCluster> InitializeAsync(TestClusterOptions options)
        => await TestCluster.InitializeAsync(_folder["data"], options);

    async Task<TestCluster> StartAsync(TestClusterOptions options)
    {
        var cluster = await InitializeAsync(options);
        await cluster.StartAsync();
        return cluster;
    }

    static async Task MakeGraphAndVectorsAsync(TestCluster cluster)
    {
        await cluster.ExecuteAsync("CREATE EXTENSION age");
        await cluster.ExecuteAsync("CREATE EXTENSION vector");
        await cluster.ExecuteAsync("SET search_path = ag_catalog; SELECT 1 FROM create_graph('knows')");
        await cluster.ExecuteAsync(
            """
            SET search_path = ag_catalog, public;
            SELECT count(*) FROM cypher('knows', $$
                CREATE (a:Person {name: 'Ada'})-[:KNOWS]->(b:Person {name: 'Bob'}), (c:Person {name: 'Cleo'})
            $$) AS (done agtype)
            """);
        await cluster.ExecuteAsync(
            """
            CREATE TABLE place (id int PRIMARY KEY, at vector(3));
            CREATE INDEX ON place USING hnsw (at vector_l2_ops);
            INSERT INTO place SELECT n, ARRAY[n, n, n]::vector FROM generate_series(1, 100) AS n
            """);
    }

    /// <summary>A base backup in the plainest way there is: what is tested here is the ledger.</summary>
    async Task<string> CopyAsync(TestCluster cluster)
    {
        var copy = _folder["copy"];
        var result = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(
                cluster.Installation.BinaryFor("pg_basebackup"),
                "--pgdata", copy, "--host", cluster.SocketDirectory,
                "--wal-method=none", "--checkpoint=fast", "--no-sync"),
            TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.Errors);
        return copy;
    }

    async Task<TestCluster> RecoverAsync(string copy, int major, string archive, string target, string value)
    {
        var data = _folder[target];
        var result = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest("cp", "-a", copy, data), TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.Errors);
        _folder.Write($"{target}/recovery.signal", "");

        var restored = await TestCluster.AttachAsync(data, major);
        await restored.StartAsync(new Dictionary<string, string>
        {
            ["restore_command"] = $"cp {archive}/%f %p",
            ["archive_mode"] = "off",
            ["recovery_target_action"] = "promote",
            ["recovery_target_timeline"] = "1",
            [target] = value,
        });
        await restored.WaitUntilPromotedAsync();
        return restored;
    }
}
