using TomoBackup.Backups;
using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Postgres.Server;
using TomoBackup.Storage;
using TomoBackup.Testing.Ledger;
using TomoBackup.Testing.Postgres;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>Missing and damaged WAL: recovery is refused, or stops; it never opens with data missing.</summary>
public sealed class ArchiveFaultTests
{
    [Fact]
    public async Task A_hole_in_the_archive_is_named_and_the_moment_before_it_is_reached()
    {
        await using var production = await WithSegmentsAsync();
        var moment = await production.Ledger.MarkAsync();
        var segments = await production.WriteSegmentsAsync(3);
        File.Delete(Assert.Single(production.ArchivedObjects(segments[1])));
        var place = production.Folder["refused"];

        var refusal = await production.Tool.ExpectAsync(16, "restore", "--latest", "--into", place);

        refusal.Refuses($"WAL segment '{segments[1]}' is missing", "The nearest moment is LSN");
        Assert.False(Path.Exists(place));
        var (copy, _) = await production.RestoreAsync("before", "--to-time", Words.Of(moment.Time));
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
        var nearest = refusal.Errors.Split("--to-lsn ")[1].Split('\'')[0];
        await production.RestoreAsync("nearest", "--to-lsn", nearest);
    }

    [Fact]
    public async Task A_planned_segment_that_is_gone_stops_recovery_until_it_is_back()
    {
        await using var production = await WithSegmentsAsync();
        var segments = await production.WriteSegmentsAsync(4);
        var copy = await production.PlaceAsync("copy");
        await production.Tool.ExpectAsync(0, "restore", "--latest", "--into", copy.DataDirectory);
        var lost = Assert.Single(production.ArchivedObjects(segments[2]));
        File.Move(lost, production.Folder["lost"]);

        await NeverOpensAsync(copy);
        Assert.Contains($"WAL segment '{segments[2]}' is missing", await ReadLogAsync(copy), StringComparison.Ordinal);

        File.Move(production.Folder["lost"], lost);
        await copy.StartAsync();
        await copy.WaitUntilPromotedAsync();
        await CommitLedger.VerifyAsync(copy, production.Ledger.Everything);
    }

    [Fact]
    public async Task A_damaged_segment_fails_the_restore_and_the_server_never_opens()
    {
        await using var production = await WithSegmentsAsync();
        var segments = await production.WriteSegmentsAsync(5, rows: 30);
        Flip(Assert.Single(production.ArchivedObjects(segments[1])));
        var copy = await production.PlaceAsync("copy");

        var failure = await production.Tool.ExpectAsync(
            18, [.. ProtectedCluster.StartArguments(copy), "--start", "--latest", "--set", "hot_standby=off"]);

        Assert.Contains("PostgreSQL gave up recovery", failure.Errors, StringComparison.Ordinal);
        Assert.False(copy.IsRunning);
        Assert.False(Path.Exists($"{copy.DataDirectory}/pg_wal/00000002.history"));
        Assert.True(Path.Exists($"{copy.DataDirectory}/recovery.signal"));
    }

    [Fact]
    public async Task A_backup_whose_WAL_never_arrives_gives_up_and_says_what_to_look_at()
    {
        await using var production = await ProtectedCluster.StartAsync();
        await production.ArchiveAsync();
        await production.Cluster.ExecuteAsync("ALTER SYSTEM SET archive_command = '/nonexistent/archiver %p'");
        await production.Cluster.ExecuteAsync("SELECT pg_reload_conf()");

        var failure = await Assert.ThrowsAsync<TomoBackupException>(() => Door(production).BackupAsync(
            new BackupOptions { WalTimeout = TimeSpan.FromSeconds(1) }, null, TestContext.Current.CancellationToken));

        Assert.Contains("WAL", failure.Message, StringComparison.Ordinal);
        Assert.Contains("archive_command", $"{failure.Message} {failure.Hint}", StringComparison.Ordinal);
        var list = await production.Tool.ExpectAsync(0, "list");
        Assert.Contains("no backups yet", list.Output, StringComparison.Ordinal);
    }

    static async Task<ProtectedCluster> WithSegmentsAsync()
    {
        var production = await ProtectedCluster.StartAsync();
        await production.BackupAsync();
        await production.WriteSegmentsAsync(1);
        return production;
    }

    /// <summary>Started by hand, as a person would after a restore without --start. Without hot standby there is
    /// nothing to connect to before recovery ends, whatever postmaster.pid says meanwhile.</summary>
    static async Task NeverOpensAsync(TestCluster copy)
    {
        try
        {
            await copy.StartAsync(new Dictionary<string, string> { ["hot_standby"] = "off" });
        }
        catch (PostgresServerException end)
        {
            Assert.Equal(ServerFailure.Refused, end.Failure);
        }

        for (var i = 0; i < 600 && copy.IsRunning; i++)
            await Task.Delay(100, TestContext.Current.CancellationToken);

        Assert.False(copy.IsRunning);
        Assert.NotEmpty(copy.Recovery.Fatal);
        Assert.Null(copy.Recovery.NewTimeline);
        Assert.False(Path.Exists($"{copy.DataDirectory}/pg_wal/00000002.history"));
    }

    static Task<string> ReadLogAsync(TestCluster copy)
        => File.ReadAllTextAsync(copy.LogFile, TestContext.Current.CancellationToken);

    static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>The engine itself: the command line offers no shorter patience.</summary>
    static ClusterDoor Door(ProtectedCluster production)
    {
        var policy = PolicyFile.Load(production.Tool.PolicyFile!, PhysicalFileSystem.Instance);
        return new ClusterDoor(
            new OperationEnvironment
            {
                Files = PhysicalFileSystem.Instance,
                Time = TimeProvider.System,
                Entropy = SystemEntropy.Instance,
                Progress = new Progress<OperationProgress>(),
                Processes = ProcessRunner.Instance,
                Connect = static async (address, stop) => await NpgsqlServer.OpenAsync(address, stop),
                OpenStore = static place => LocalStore.Open(
                    PhysicalFileSystem.Instance, place.Store.Path, new LocalStoreOptions()),
                InitializeStore = static (_, _) => Task.CompletedTask,
                Program = ToolRunner.Binary,
                Tool = "tomo-backup (test)",
            },
            policy, policy.Clusters[0], policy.StateDirectory!);
    }
}
