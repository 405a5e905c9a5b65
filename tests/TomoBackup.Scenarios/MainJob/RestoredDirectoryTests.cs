using TomoBackup.Postgres.Server;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>What stands on disk after a restore, before any server has touched it.</summary>
public sealed class RestoredDirectoryTests
{
    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    public async Task Pg_verifybackup_accepts_it_and_a_tablespace_is_in_its_new_place(int major)
    {
        await using var production = await ProtectedCluster.StartAsync(new TestClusterOptions { Major = major });
        var (old, elsewhere) = (production.Folder["space"], production.Folder["elsewhere"]);
        await production.Cluster.AddTablespaceAsync("outside", old);
        await production.Cluster.ExecuteAsync(
            "CREATE TABLE away TABLESPACE outside AS SELECT generate_series(1, 3000) AS n");
        await production.BackupAsync();
        await production.Ledger.WriteAsync(5);
        await production.ArchiveAsync();
        await production.Cluster.StopAsync();
        var before = FilesBelow(old);
        var copy = await production.PlaceAsync("copy");

        await production.Tool.ExpectAsync(
            0, "restore", "--latest", "--into", copy.DataDirectory, "--map-tablespace", $"{old}={elsewhere}");

        await VerifyAsync(copy);
        Assert.NotEmpty(FilesBelow(elsewhere));
        Assert.Equal(before, FilesBelow(old));
        await copy.StartAsync();
        await copy.WaitUntilPromotedAsync();
        await CommitLedger.VerifyAsync(copy, production.Ledger.Everything);
        Assert.Equal(3000, await copy.ScalarAsync<long>("SELECT count(*) FROM away"));
        Assert.Equal(elsewhere, await copy.ScalarAsync<string>(
            "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'outside'"));
        await copy.ExecuteAsync("INSERT INTO away VALUES (0); CHECKPOINT");
        Assert.Equal(before, FilesBelow(old));
    }

    [Fact]
    public async Task A_cluster_of_PostgreSQL_17_is_restored_started_and_watched_to_its_end()
    {
        await using var production = await ProtectedCluster.StartAsync(new TestClusterOptions { Major = 17 });
        await production.BackupAsync();
        await production.WriteSegmentsAsync(2);
        var moment = await production.Ledger.MarkAsync();
        await production.WriteSegmentsAsync(2);

        var (copy, result) = await production.RestoreAsync("copy", "--to-time", Words.Of(moment.Time));

        Assert.Contains("as planned", result.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
    }

    [Fact]
    public async Task A_tablespace_without_a_new_place_is_refused_where_the_old_one_is_in_use()
    {
        await using var production = await ProtectedCluster.StartAsync();
        var old = production.Folder["space"];
        await production.Cluster.AddTablespaceAsync("outside", old);
        await production.Cluster.ExecuteAsync("CREATE TABLE away (n int) TABLESPACE outside");
        await production.BackupAsync();
        await production.Cluster.StopAsync();
        var before = FilesBelow(old);
        var place = production.Folder["copy"];

        var refusal = await production.Tool.ExpectAsync(17, "restore", "--latest", "--into", place);

        Assert.Contains($"would go to '{old}', which is not empty", refusal.Errors, StringComparison.Ordinal);
        Assert.Contains($"hint: Give it another place with '--map-tablespace {old}=NEW'", refusal.Errors,
            StringComparison.Ordinal);
        Assert.False(Path.Exists(place));
        Assert.Equal(before, FilesBelow(old));
    }

    [Fact]
    public async Task What_no_server_needs_again_is_left_out()
    {
        await using var production = await ProtectedCluster.StartAsync();
        await using var session = production.Cluster.CreateConnection();
        await session.OpenAsync(TestContext.Current.CancellationToken);
        await using var temporary = session.CreateCommand();
        temporary.CommandText =
            """
            CREATE UNLOGGED TABLE passing AS SELECT generate_series(1, 1000) AS n;
            CREATE TEMP TABLE scratch AS SELECT generate_series(1, 1000) AS n;
            CHECKPOINT
            """;
        await temporary.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        Directory.CreateDirectory($"{production.Cluster.DataDirectory}/base/pgsql_tmp");
        production.Folder.Write("data/base/pgsql_tmp/pgsql_tmp4711.0", "what a sort spilled");
        Assert.Contains(FilesBelow(production.Cluster.DataDirectory), static file => IsTemporary(file));
        await production.BackupAsync();
        var copy = await production.PlaceAsync("copy");

        await production.Tool.ExpectAsync(0, "restore", "--latest", "--into", copy.DataDirectory);

        Assert.DoesNotContain(FilesBelow(copy.DataDirectory), static file => IsTemporary(file));
        Assert.False(Path.Exists($"{copy.DataDirectory}/postmaster.pid"));
        await VerifyAsync(copy);
        await copy.StartAsync();
        await copy.WaitUntilPromotedAsync();
        Assert.Equal(0, await copy.ScalarAsync<long>("SELECT count(*) FROM passing"));
        await CommitLedger.VerifyAsync(copy, production.Ledger.Everything);
    }

    static async Task VerifyAsync(TestCluster copy)
    {
        var result = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(copy.Installation.BinaryFor("pg_verifybackup"), copy.DataDirectory),
            TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"{result.Output}\n{result.Errors}");
    }

    static bool IsTemporary(string file)
        => file.Contains("pgsql_tmp/", StringComparison.Ordinal)
            || Path.GetFileName(file) is ['t', >= '0' and <= '9', ..];

    static IReadOnlyList<string> FilesBelow(string folder)
        => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => path[folder.Length..])];
}
