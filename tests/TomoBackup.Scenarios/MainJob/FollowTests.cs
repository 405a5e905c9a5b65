using System.Globalization;
using System.Text.Json;
using TomoBackup.Postgres.Server;
using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>A second repository follows the first: what a person relies on when the first one is gone.</summary>
public sealed class FollowTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_the_first_repository_is_gone_the_follower_alone_brings_every_row_back()
    {
        await using var production = await FollowedAsync();
        await production.BackupAsync();
        await production.WriteSegmentsAsync(2);
        await production.IncrementAsync();
        await production.WriteSegmentsAsync(1);
        var moment = await production.Ledger.MarkAsync();
        await production.WriteSegmentsAsync(1);

        var plan = await production.Tool.ExpectAsync(0, "follow", "--plan");
        Assert.Contains("'offsite' lacks ", plan.Output, StringComparison.Ordinal);
        var copied = await production.Tool.ExpectAsync(0, "follow");
        Assert.Contains("2 backups from 'local'", copied.Output, StringComparison.Ordinal);
        var again = await production.Tool.ExpectAsync(0, "follow");
        Assert.Equal("'offsite' has all that it wants of 'local'\n", again.Output);
        await production.Tool.ExpectAsync(0, "verify", "--deep", "--repository", "offsite");

        Directory.Delete(production.Policy.Repository, recursive: true);
        var windows = await production.Tool.RunAsync("windows", "--repository", "offsite");
        Assert.Contains("no gap", windows.Output, StringComparison.Ordinal);
        var (copy, _) = await production.RestoreAsync(
            "copy", "--repository", "offsite", "--to-time", Words.Of(moment.Time));
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
    }

    [Fact]
    public async Task A_follower_that_is_dead_holds_up_neither_the_archive_nor_a_backup_and_status_tells_of_it()
    {
        await using var production = await FollowedAsync();
        await production.BackupAsync();
        await production.Tool.ExpectAsync(0, "follow");
        Directory.Move(production.Folder["offsite"], production.Folder["unmounted"]);

        await production.WriteSegmentsAsync(3);
        await production.IncrementAsync();

        var failed = await production.Tool.RunAsync("follow");
        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("offsite", failed.Errors, StringComparison.Ordinal);
        Assert.Equal("not_measured", await VerdictAsync(production, "offsite_within"));

        Directory.Move(production.Folder["unmounted"], production.Folder["offsite"]);
        await production.Tool.ExpectAsync(0, "follow");
        Assert.Equal("held", await VerdictAsync(production, "offsite_within"));
    }

    [Fact]
    public async Task Watching_it_copies_what_comes_until_it_is_told_to_stop()
    {
        await using var production = await FollowedAsync();
        await production.BackupAsync();

        using var watching = production.Tool.Start(production.Folder["watch.log"], "follow", "--watch");
        await ProtectedCluster.WaitUntilAsync(
            () => Objects(production, "manifest").Length == 1, "the backup has followed");
        var segment = await production.ArchiveAsync();
        await ProtectedCluster.WaitUntilAsync(
            () => Objects(production, $"{segment}-*").Length > 0, $"'{segment}' has followed");
        await ProcessRunner.Instance.RunAsync(
            new ProcessRequest("/bin/kill", ["-TERM", watching.Id.ToString(CultureInfo.InvariantCulture)]), Cancelled);
        await ProtectedCluster.WaitUntilAsync(() => watching.ExitCode is not null, "it stopped");
        Assert.Equal(143, watching.ExitCode);
    }

    [Fact]
    public async Task A_backup_is_not_taken_into_a_repository_that_follows()
    {
        await using var production = await FollowedAsync();

        var refused = await production.Tool.ExpectAsync(64, "backup", "--full", "--repository", "offsite");

        refused.Refuses("repository 'offsite' follows 'local'", "Take it into 'local'");
    }

    static async Task<ProtectedCluster> FollowedAsync()
    {
        var production = await ProtectedCluster.InitializeAsync();
        production.Cluster.Configure("summarize_wal", "on");
        (production.Policy with
        {
            ClusterKeys = ["wal: { offsite_within: 15m }"],
            MoreRepositories = [$"offsite: {{ store: \"file://{production.Folder["offsite"]}\", follows: local }}"],
        }).WriteTo(production.Folder);
        await production.BeginAsync();
        return production;
    }

    static string[] Objects(ProtectedCluster production, string name)
        => Directory.GetFiles(production.Folder["offsite"], name, SearchOption.AllDirectories);

    static async Task<string?> VerdictAsync(ProtectedCluster production, string promise)
    {
        using var document = JsonDocument.Parse((await production.Tool.RunAsync("status", "--json")).Output);
        return document.RootElement.GetProperty("clusters")[0].GetProperty("promises").EnumerateArray()
            .Single(p => p.GetProperty("id").GetString() == promise).GetProperty("verdict").GetString();
    }
}
