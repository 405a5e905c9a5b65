using System.Text;
using TomoBackup.Postgres.Server;
using TomoBackup.Testing;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Postgres;

/// <summary>The session against real servers of every supported kind.</summary>
public sealed class NpgsqlServerTests : IDisposable
{
    readonly TestFolder _folder = new();

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task Reads_what_the_server_knows_about_itself(int major)
    {
        await using var cluster = await InitializeAsync(new TestClusterOptions { Major = major, SegmentMegabytes = 1 });
        File.WriteAllText($"{cluster.DataDirectory}/more.conf", "max_connections = 33\n");
        cluster.Configure("include", "more.conf");
        cluster.ArchiveWith("cp %p /nowhere/%f");
        await cluster.StartAsync();
        await cluster.AddTablespaceAsync("outside", _folder["space"]);
        await using var server = await OpenAsync(cluster);

        var facts = await server.ReadFactsAsync(Stop);

        Assert.Equal(major, facts.Major);
        Assert.Equal(major, server.Major);
        Assert.StartsWith($"{major}.", facts.Version, StringComparison.Ordinal);
        Assert.Equal(await cluster.ScalarAsync<long>("SELECT system_identifier FROM pg_control_system()"),
            (long)facts.SystemIdentifier);
        Assert.Equal(cluster.DataDirectory, facts.DataDirectory);
        Assert.Equal($"{cluster.DataDirectory}/pg_hba.conf", facts.Files.Hba);
        Assert.Contains($"{cluster.DataDirectory}/more.conf", facts.Files.Included);
        Assert.True(facts.Files.IncludesAreComplete);
        Assert.Equal([cluster.SocketDirectory], facts.SocketDirectories);
        Assert.Equal(1 << 20, facts.Wal.SegmentSize);
        Assert.Equal("replica", facts.Wal.Level);
        Assert.Equal("cp %p /nowhere/%f", facts.Wal.ArchiveCommand);
        Assert.Equal(major >= 17 ? false : null, facts.Wal.Summarize);
        Assert.True(facts.DataChecksums);
        Assert.False(facts.Fsync);
        Assert.Equal(33, facts.Recovery.MaxConnections);
        Assert.Equal(1u, facts.Timeline);
        Assert.False(facts.InRecovery);
        Assert.Equal([("outside", _folder["space"])], facts.Tablespaces.Select(static s => (s.Name, s.Location)));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Looks_into_every_database_that_lets_it_in(int major)
    {
        await using var cluster = await StartAsync(new TestClusterOptions { Major = major });
        await cluster.ExecuteAsync("CREATE DATABASE closed");
        await cluster.ExecuteAsync("ALTER DATABASE closed ALLOW_CONNECTIONS false");
        await using var server = await OpenAsync(cluster);

        var databases = await server.ReadDatabasesAsync(Stop);

        Assert.Equal(
            ["closed", "postgres", "template0", "template1"],
            databases.Select(static d => d.Name).Order(StringComparer.Ordinal));
        var postgres = databases.Single(static d => d.Name == "postgres");
        Assert.Null(postgres.Unread);
        Assert.Contains(postgres.Extensions!, static e => e.Name == "plpgsql");
        Assert.NotEmpty(postgres.Collations!);
        Assert.Equal("UTF8", postgres.Encoding);
        Assert.False(postgres.Collation.IsMismatched);
        var closed = databases.Single(static d => d.Name == "closed");
        Assert.Null(closed.Extensions);
        Assert.NotNull(closed.Unread);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task Runs_a_backup_and_hands_out_its_label_byte_for_byte(int major)
    {
        await using var cluster = await StartAsync(new TestClusterOptions { Major = major });
        await cluster.AddTablespaceAsync("outside", _folder["space"]);
        await using var server = await OpenAsync(cluster);

        var start = await server.StartBackupAsync("été ✓", fast: true, Stop);
        await server.PingAsync(Stop);
        var stop = await server.StopBackupAsync(Stop);

        var label = Encoding.UTF8.GetString(stop.Label.Span);
        Assert.StartsWith($"START WAL LOCATION: {start} (file 00000001", label, StringComparison.Ordinal);
        Assert.Contains("\nLABEL: été ✓\n", label, StringComparison.Ordinal);
        Assert.EndsWith("START TIMELINE: 1\n", label, StringComparison.Ordinal);
        Assert.Matches($"^\\d+ {_folder["space"]}\n$", Encoding.UTF8.GetString(stop.TablespaceMap.Span));
        Assert.True(stop.Lsn > start);
    }

    [Fact]
    public async Task Refuses_to_stop_what_never_began()
    {
        await using var cluster = await StartAsync(new TestClusterOptions());
        await using var server = await OpenAsync(cluster);

        var refusal = await Assert.ThrowsAsync<PostgresServerException>(() => server.StopBackupAsync(Stop));

        Assert.Equal(ServerFailure.Refused, refusal.Failure);
        Assert.Equal("55000", refusal.SqlState);
        Assert.StartsWith("unable to stop the backup: 55000 backup is not in progress", refusal.Message,
            StringComparison.Ordinal);
        await server.PingAsync(Stop);
    }

    [Fact]
    public async Task Moves_through_the_log()
    {
        await using var cluster = await StartAsync(new TestClusterOptions());
        await using var server = await OpenAsync(cluster);

        var before = await server.CurrentWalLsnAsync(Stop);
        var point = await server.CreateRestorePointAsync("here", Stop);
        var end = await server.SwitchWalAsync(Stop);
        var after = await server.CurrentWalLsnAsync(Stop);

        Assert.True(before.Insert < point);
        Assert.True(point < end);
        Assert.True(end <= after.Insert);
        Assert.True(after.Flush <= after.Insert);
        Assert.Equal(1u, await server.TimelineAsync(Stop));
        Assert.False(await server.IsInRecoveryAsync(Stop));
        Assert.Null(await server.LastReplayLsnAsync(Stop));
    }

    [Fact]
    public async Task Counts_what_the_archiver_failed_to_do()
    {
        await using var cluster = await InitializeAsync(new TestClusterOptions { SegmentMegabytes = 1 });
        cluster.ArchiveWith("false");
        await cluster.StartAsync();
        await using var server = await OpenAsync(cluster);
        await server.CreateRestorePointAsync("something", Stop);
        await server.SwitchWalAsync(Stop);

        while (!(await server.ArchiverStatusAsync(Stop)).IsFailing)
            await Task.Delay(20, Stop);

        var status = await server.ArchiverStatusAsync(Stop);
        Assert.Equal(0, status.ArchivedCount);
        Assert.Null(status.LastArchivedFile);
        Assert.StartsWith("00000001", status.LastFailedFile, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Notices_that_its_session_is_gone(bool restarted)
    {
        await using var cluster = await StartAsync(new TestClusterOptions());
        await using var server = await OpenAsync(cluster);
        await server.StartBackupAsync("lost", fast: true, Stop);

        if (restarted)
        {
            await cluster.StopAsync();
            await cluster.StartAsync();
        }
        else
            await cluster.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tomo-backup'");

        var lost = await Assert.ThrowsAsync<PostgresServerException>(() => server.PingAsync(Stop));
        Assert.Equal(ServerFailure.SessionLost, lost.Failure);

        lost = await Assert.ThrowsAsync<PostgresServerException>(() => server.StopBackupAsync(Stop));
        Assert.Equal(ServerFailure.SessionLost, lost.Failure);
        Assert.True(lost.IsTransient);
    }

    [Fact]
    public async Task Is_not_bound_by_limits_that_were_set_for_applications()
    {
        await using var cluster = await InitializeAsync(new TestClusterOptions
        {
            Settings = new Dictionary<string, string>
            {
                ["idle_session_timeout"] = "200ms",
                ["statement_timeout"] = "200ms",
                ["transaction_timeout"] = "200ms",
            },
        });
        await cluster.StartAsync();
        await using var server = await OpenAsync(cluster);

        await Task.Delay(500, Stop);
        await server.PingAsync(Stop);
    }

    [Fact]
    public async Task A_role_with_the_least_rights_can_do_all_but_name_every_included_file()
    {
        await using var cluster = await StartAsync(new TestClusterOptions());
        await cluster.ExecuteAsync(
            """
            CREATE ROLE backup LOGIN IN ROLE pg_monitor, pg_checkpoint;
            GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean), pg_backup_stop(boolean), pg_switch_wal(),
                                      pg_create_restore_point(text) TO backup
            """);
        await using var server = await OpenAsync(cluster, "backup");

        var facts = await server.ReadFactsAsync(Stop);
        await server.StartBackupAsync("least", fast: true, Stop);
        await server.StopBackupAsync(Stop);

        Assert.False(facts.Files.IncludesAreComplete);
        Assert.Equal(cluster.DataDirectory, facts.DataDirectory);
        await server.CreateRestorePointAsync("least", Stop);
        await server.SwitchWalAsync(Stop);
        Assert.Null((await server.ReadDatabasesAsync(Stop)).Single(static d => d.Name == "postgres").Unread);
    }

    [Fact]
    public async Task A_role_without_rights_is_told_so()
    {
        await using var cluster = await StartAsync(new TestClusterOptions());
        await cluster.ExecuteAsync("CREATE ROLE nobody LOGIN");
        await using var server = await OpenAsync(cluster, "nobody");

        var denials = new[]
        {
            await Assert.ThrowsAsync<PostgresServerException>(() => server.ReadFactsAsync(Stop)),
            await Assert.ThrowsAsync<PostgresServerException>(() => server.StartBackupAsync("no", fast: true, Stop)),
            await Assert.ThrowsAsync<PostgresServerException>(() => server.SwitchWalAsync(Stop)),
        };

        Assert.All(denials, static denial => Assert.Equal(ServerFailure.Denied, denial.Failure));
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        await using var cluster = await InitializeAsync(new TestClusterOptions());
        cluster.Configure("shared_buffers", "a lot");

        var refusal = await Assert.ThrowsAsync<PostgresServerException>(() => cluster.StartAsync());

        Assert.Equal(ServerFailure.Refused, refusal.Failure);
        Assert.Contains("contains errors", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Task<NpgsqlServer> OpenAsync(TestCluster cluster, string? user = null)
        => NpgsqlServer.OpenAsync(
            user is null ? cluster.Connection : $"{cluster.Connection} user={user}", Stop);

    async Task<TestCluster> InitializeAsync(TestClusterOptions options)
        => await TestCluster.InitializeAsync(_folder["data"], options);

    async Task<TestCluster> StartAsync(TestClusterOptions options)
    {
        var cluster = await InitializeAsync(options);
        await cluster.StartAsync();
        return cluster;
    }
}
