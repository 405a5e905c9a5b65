using System.Globalization;
using TomoBackup.Cli.Demo;
using TomoBackup.Postgres.Server;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Demo;

/// <summary>The pieces of the demonstration on real servers, without a backup of ours in between.</summary>
public sealed class DemoTests
{
    static readonly DemoPlan Small = new()
    {
        Megabytes = DemoPlan.LeastMegabytes,
        Embeddings = 1500,
        Documents = 4000,
        People = 500,
    };

    [Fact]
    public async Task Makes_as_much_data_as_was_asked_for()
    {
        await using var stage = await DemoStage.SetAsync(new DemoPlan());

        Assert.InRange(stage.LoadedBytes >> 20, DemoPlan.DefaultMegabytes, DemoPlan.DefaultMegabytes + 5);
    }

    [Fact]
    public async Task Finds_no_difference_at_the_moment_and_every_difference_behind_it()
    {
        await using var stage = await DemoStage.SetAsync(Small);
        await stage.Ledger.WriteAsync(60, Stop);

        var moment = await stage.Ledger.MarkAsync(Stop);
        var then = await stage.CompareAsync(moment);
        await stage.Ledger.WriteAsync(30, Stop);
        var later = await stage.CompareAsync(moment);

        Assert.Empty(then);
        Assert.Equal(60, moment.Commits);
        Assert.Equal(12 * 3, moment.Expected.Match.Count);
        Assert.Equal(1_000_000_060, moment.Expected.NearestByScan[0]);
        Assert.Contains("ledger has rows of another time: 30 from 61 to 90", later);
        string[] sayings =
        [
            "sum of balances is ", "count of vertices is 518, not 512", "count of edges is 1518, not 1512",
            "count of embeddings is ", "count of documents is ", "documents of the ledger are too many: 63, 66, ",
            "answers of the MATCH are too many: 18 from ",
            "nearest neighbours by scan are 1000000090, ", "nearest neighbours by index are 1000000090, ",
            "fingerprint of accounts is ", "fingerprint of acquaintances is ",
        ];
        Assert.All(sayings, saying => Assert.Contains(
            later, difference => difference.StartsWith(saying, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Survives_a_crash_with_all_that_was_acknowledged()
    {
        await using var stage = await DemoStage.SetAsync(Small);
        using var enough = new CancellationTokenSource();
        var writing = stage.Ledger.KeepWritingAsync(2, TimeSpan.FromMilliseconds(2), enough.Token);

        while (stage.Ledger.Acknowledged.Count < 50)
            await Task.Delay(10, Stop);

        await enough.CancelAsync();
        await writing;
        var moment = await stage.Ledger.MarkAsync(Stop);
        await stage.Cluster.CrashAsync(Stop);
        await stage.Cluster.StartAsync(Stop);

        Assert.Empty(await stage.CompareAsync(moment));
    }

    [Fact]
    public async Task A_crash_ends_the_writers_and_leaves_their_last_commits_pending()
    {
        await using var stage = await DemoStage.SetAsync(Small);
        var writing = stage.Ledger.KeepWritingAsync(2, TimeSpan.Zero, Stop);

        while (stage.Ledger.Acknowledged.Count < 50)
            await Task.Delay(10, Stop);

        await stage.DestroyAsync();
        await writing.WaitAsync(TimeSpan.FromSeconds(30), Stop);

        Assert.InRange(stage.Ledger.Pending, 1, 2);
        Assert.False(stage.Cluster.IsRunning);
        Assert.False(Directory.Exists(stage.Cluster.DataDirectory));
    }

    [Fact]
    public async Task Notices_each_kind_of_harm()
    {
        await using var stage = await DemoStage.SetAsync(Small);
        await stage.Ledger.WriteAsync(20, Stop);
        var oracle = new DemoOracle((await stage.Ledger.MarkAsync(Stop)).Expected);
        await using var session = await stage.Cluster.OpenAsync(Stop);

        foreach (var (harm, saying) in Harms)
        {
            await session.ExecuteAsync("BEGIN", Stop);
            await session.ExecuteAsync(harm, Stop);
            var (_, differences) = await oracle.CompareAsync(session, Stop);
            await session.ExecuteAsync("ROLLBACK", Stop);

            Assert.True(
                differences.Any(difference => difference.StartsWith(saying, StringComparison.Ordinal)),
                $"{harm}: '{saying}' is not among '{string.Join("', '", differences)}'");
            Assert.Empty((await oracle.CompareAsync(session, Stop)).Differences);
        }
    }

    [Fact]
    public async Task Marks_no_moment_when_the_server_holds_something_else()
    {
        await using var stage = await DemoStage.SetAsync(Small);
        await stage.Ledger.WriteAsync(20, Stop);
        await stage.ExecuteAsync("DELETE FROM ledger WHERE seq = 7");

        var refusal = await Assert.ThrowsAsync<TomoBackupException>(() => stage.Ledger.MarkAsync(Stop));

        Assert.Contains("rows that were acknowledged: 7", refusal.Message, StringComparison.Ordinal);
        await stage.Ledger.WriteAsync(1, Stop);
    }

    [Fact]
    public async Task Recovery_to_the_moment_under_load_brings_back_exactly_its_state()
    {
        await using var stage = await DemoStage.SetAsync(Small);
        using var enough = new CancellationTokenSource();
        var writing = stage.Ledger.KeepWritingAsync(2, TimeSpan.FromMilliseconds(1), enough.Token);
        await CopyAsync(stage, "copy");

        var moment = await stage.Ledger.MarkAsync(Stop);
        await stage.Ledger.WriteAsync(20, Stop);
        await enough.CancelAsync();
        await writing;
        await stage.Cluster.StopAsync(Stop);
        await stage.DestroyAsync();
        await using var restored = await RecoverAsync(stage, "copy", moment);
        await using var session = await DemoSession.OpenAsync(ServerAddress.Parse(restored.Connection), Stop);

        Assert.True(stage.Ledger.Acknowledged.Count >= moment.Commits + 20);
        Assert.Empty((await new DemoOracle(moment.Expected).CompareAsync(session, Stop)).Differences);
    }

    static (string Harm, string Saying)[] Harms =>
    [
        ("DELETE FROM ledger WHERE seq = 7", "ledger lost rows that were acknowledged: 7"),
        ("INSERT INTO ledger VALUES (21, '', 0)", "ledger has rows of another time: 21"),
        ("UPDATE ledger SET amount = 1000 WHERE seq = 8", "ledger has rows with another content: 8"),
        ("UPDATE accounts SET balance = balance + 1 WHERE id = 3", "sum of balances is "),
        ("UPDATE documents SET body = '{}' WHERE id = 5", "fingerprint of documents is "),
        ("DELETE FROM documents WHERE id = 1000000012", "documents of the ledger are missing: 12"),
        ("UPDATE embeddings SET id = -id WHERE id = 1000000020", "nearest neighbours by index are -1000000020, "),
        ("UPDATE embeddings SET id = -id WHERE id = 1000000018", "nearest neighbours by scan are 1000000020, -"),
        (
            "SELECT * FROM cypher('people', $$ MATCH (:Person {number: 1000000020})-[e]->() DELETE e $$) "
                + "AS (n agtype)",
            "answers of the MATCH are missing: 1000000020 → "),
        ("DROP INDEX embeddings_hnsw", "indexes in use is documents_body, ledger_pkey, not "),
        ("DROP INDEX documents_body", "indexes in use is embeddings_hnsw, ledger_pkey, not "),
        ("DROP TABLE documents", "unable to query the demonstration's cluster: 42P01 "),
    ];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static async Task CopyAsync(DemoStage stage, string name)
    {
        var address = ServerAddress.Parse(stage.Cluster.Connection);
        var result = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(
                stage.Cluster.Installation.BinaryFor("pg_basebackup"),
                "--pgdata", stage[name], "--host", address.Host, "--wal-method=none", "--checkpoint=fast", "--no-sync"),
            Stop);
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    /// <summary>Stays read-only at the target, as a sandbox does.</summary>
    static async Task<TestCluster> RecoverAsync(DemoStage stage, string name, DemoMoment moment)
    {
        await File.WriteAllTextAsync($"{stage[name]}/recovery.signal", "", Stop);
        var restored = await TestCluster.AttachAsync(stage[name], DemoCluster.Major);
        await restored.StartAsync(new Dictionary<string, string>
        {
            ["restore_command"] = $"cp '{stage.Archive}/%f' %p",
            ["archive_mode"] = "off",
            ["recovery_target_action"] = "pause",
            ["recovery_target_timeline"] = "1",
            ["recovery_target_time"] = moment.Time.ToString(
                "yyyy-MM-dd HH:mm:ss.ffffff+00", CultureInfo.InvariantCulture),
        });

        while (await restored.ScalarAsync<string>("SELECT pg_get_wal_replay_pause_state()") != "paused")
            await Task.Delay(20, Stop);

        return restored;
    }
}
