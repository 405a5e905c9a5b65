using System.Globalization;
using TomoBackup.Postgres.Server;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>A person presses Ctrl-C, or a service manager sends SIGTERM.</summary>
public sealed class InterruptionTests
{
    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-TERM", 143)]
    public async Task A_backup_that_is_stopped_says_so_and_stands_in_nobodys_way(string signal, int exitCode)
    {
        await using var production = await ProtectedCluster.StartAsync();
        var first = await production.BackupAsync();
        var archives = await production.Cluster.ScalarAsync<string>("SHOW archive_command");

        // Without an archive a backup waits for its WAL, and is there to be stopped.
        await ArchiveWithAsync(production, "false");
        using var backup = production.Tool.Start(production.Folder["said"], "backup", "--full");
        await ProtectedCluster.WaitUntilAsync(() => IsBackingUp(production), "the backup began");
        await SignalAsync(backup, signal);
        await ProtectedCluster.WaitUntilAsync(() => backup.ExitCode is not null, "the backup ended");

        Assert.Equal(exitCode, backup.ExitCode);
        Assert.Contains(
            "stopped", await File.ReadAllTextAsync(production.Folder["said"], TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        await ProtectedCluster.WaitUntilAsync(() => !IsBackingUp(production), "the server's side of it ended");

        await ArchiveWithAsync(production, archives);
        var second = await production.BackupAsync();
        var list = await production.Tool.ExpectAsync(0, "list");
        Assert.Contains(first.Id, list.Output, StringComparison.Ordinal);
        Assert.Contains(second.Id, list.Output, StringComparison.Ordinal);
        Assert.Equal(2, list.Output.Split("good").Length - 1);
    }

    static async Task ArchiveWithAsync(ProtectedCluster production, string command)
    {
        await production.Cluster.ExecuteAsync($"ALTER SYSTEM SET archive_command = '{command}'");
        await production.Cluster.ExecuteAsync("SELECT pg_reload_conf()");
    }

    static bool IsBackingUp(ProtectedCluster production)
        => production.Cluster
            .ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tomo-backup'")
            .GetAwaiter().GetResult() > 0;

    static async Task SignalAsync(IStartedProcess process, string signal)
    {
        var sent = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest("/bin/kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]),
            TestContext.Current.CancellationToken);
        Assert.Equal(0, sent.ExitCode);
    }
}
