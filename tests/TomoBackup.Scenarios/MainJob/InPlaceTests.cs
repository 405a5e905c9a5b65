using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>The night on call: the server is gone, its last WAL never left it, and it comes back where it
/// was.</summary>
public sealed class InPlaceTests
{
    [Fact]
    public async Task A_killed_server_with_unarchived_WAL_comes_back_in_place_with_all_that_was_acknowledged()
    {
        await using var production = await ProtectedCluster.StartAsync();
        await production.BackupAsync();
        var old = await WriteAroundAMomentAsync(production);
        var unarchived = await CrashWithUnarchivedWalAsync(production);
        var acknowledged = production.Ledger.Everything;

        var result = await production.Tool.ExpectAsync(0, InPlace(production));

        Assert.Contains(".partial", result.Output, StringComparison.Ordinal);
        Assert.All(unarchived, name => Assert.Contains(name, result.Output, StringComparison.Ordinal));
        await CommitLedger.VerifyAsync(production.Cluster, acknowledged);
        KeptAside(production, unarchived);

        await TheNewTimelineIsProtectedAsync(production, old);
    }

    [Fact]
    public async Task Production_goes_on_with_its_own_configuration_and_archive()
    {
        await using var production = await ProtectedCluster.StartAsync();
        await production.BackupAsync();
        await production.Ledger.WriteAsync(5);
        await production.Cluster.KillAsync();

        await production.Tool.ExpectAsync(0, InPlace(production));

        Assert.Equal(production.ArchiveCommand, await production.Cluster.ScalarAsync<string>("SHOW archive_command"));
        Assert.Equal("on", await production.Cluster.ScalarAsync<string>("SHOW archive_mode"));
        await production.Cluster.StopAsync();
        var settings = await File.ReadAllTextAsync(
            $"{production.Cluster.DataDirectory}/postgresql.auto.conf", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("restore_command", settings, StringComparison.Ordinal);
        Assert.False(Path.Exists($"{production.Cluster.DataDirectory}/pg_wal/tomo-backup"));
        await production.Cluster.StartAsync();
        await CommitLedger.VerifyAsync(production.Cluster, production.Ledger.Everything);
    }

    [Fact]
    public async Task A_tablespace_is_replaced_with_its_cluster_and_kept_aside_with_it()
    {
        await using var production = await ProtectedCluster.StartAsync();
        var space = await production.Cluster.AddTablespaceAsync("outside", production.Folder["space"]);
        await production.Cluster.ExecuteAsync(
            "CREATE TABLE away TABLESPACE outside AS SELECT generate_series(1, 3000) AS n");
        await production.BackupAsync();
        await production.Cluster.ExecuteAsync("INSERT INTO away VALUES (0)");
        await production.Ledger.WriteAsync(5);
        await production.Cluster.KillAsync();
        var before = FilesBelow(space);

        var result = await production.Tool.ExpectAsync(0, InPlace(production));

        await CommitLedger.VerifyAsync(production.Cluster, production.Ledger.Everything);
        Assert.Equal(3001, await production.Cluster.ScalarAsync<long>("SELECT count(*) FROM away"));
        var spaceAside = Assert.Single(Directory.GetDirectories(production.Folder.FullPath, "space.before-restore-*"));
        var dataAside = Assert.Single(Directory.GetDirectories(production.Folder.FullPath, "data.before-restore-*"));
        var link = Assert.Single(new DirectoryInfo($"{dataAside}/pg_tblspc").GetFileSystemInfos());
        Assert.Equal(spaceAside, link.LinkTarget);
        Assert.Equal(before, FilesBelow(spaceAside));
        Assert.Contains($"its tablespace of '{space}' is '{spaceAside}'", result.Output, StringComparison.Ordinal);
        Assert.Equal(space, await production.Cluster.ScalarAsync<string>(
            "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'outside'"));
    }

    static string[] InPlace(ProtectedCluster production)
        => ["restore", "--in-place", "--latest", "--start", "--postgres",
            production.Cluster.Installation.ProgramFolder()];

    static async Task<LedgerMoment> WriteAroundAMomentAsync(ProtectedCluster production)
    {
        await production.WriteSegmentsAsync(2);
        var moment = await production.Ledger.MarkAsync();
        await production.WriteSegmentsAsync(1);
        return moment;
    }

    /// <returns>Finished segments that never reached the repository.</returns>
    static async Task<string[]> CrashWithUnarchivedWalAsync(ProtectedCluster production)
    {
        await production.Cluster.ExecuteAsync("ALTER SYSTEM SET archive_command = 'false'");
        await production.Cluster.ExecuteAsync("SELECT pg_reload_conf()");
        await production.Ledger.WriteAsync(10);
        var first = await production.SwitchAsync();
        using var enough = new CancellationTokenSource();
        var writing = production.Ledger.KeepWritingAsync(writers: 2, TimeSpan.Zero, enough.Token);
        await production.Ledger.WriteAsync(10);
        var second = await production.SwitchAsync();
        await production.Ledger.WriteAsync(30);
        await production.Cluster.KillAsync();
        await enough.CancelAsync();
        await writing;

        Assert.Empty(production.ArchivedObjects(second));
        return [first, second];
    }

    static void KeptAside(ProtectedCluster production, string[] unarchived)
    {
        var aside = Assert.Single(Directory.GetDirectories(production.Folder.FullPath, "data.before-restore-*"));
        Assert.All(unarchived, name => Assert.True(File.Exists($"{aside}/pg_wal/{name}"), name));
        Assert.True(File.Exists($"{aside}/global/pg_control"));
    }

    static async Task TheNewTimelineIsProtectedAsync(ProtectedCluster production, LedgerMoment old)
    {
        await production.Ledger.WriteAsync(10);
        var segment = await production.ArchiveAsync();
        Assert.StartsWith("00000002", segment, StringComparison.Ordinal);
        Assert.Single(production.ArchivedObjects("00000002.history"));

        await production.BackupAsync();
        await production.Ledger.WriteAsync(5);
        var recent = await production.Ledger.MarkAsync();
        await production.Ledger.WriteAsync(5);
        await production.ArchiveAsync();

        var (ofOld, _) = await production.RestoreAsync("old", "--to-time", Words.Of(old.Time), "--timeline", "1");
        await CommitLedger.VerifyAsync(ofOld, production.Ledger.At(old));
        var (ofNew, _) = await production.RestoreAsync("new", "--to-time", Words.Of(recent.Time));
        await CommitLedger.VerifyAsync(ofNew, production.Ledger.At(recent));
    }

    static string[] FilesBelow(string folder)
        => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => $"{Path.GetRelativePath(folder, f)} {Convert.ToHexString(File.ReadAllBytes(f))}")
            .Order(StringComparer.Ordinal)];
}
