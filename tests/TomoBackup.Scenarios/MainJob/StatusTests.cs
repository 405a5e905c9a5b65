using System.Text.Json;
using TomoBackup.Testing;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>What status and windows say of a real cluster while it is well, and while it is not.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task What_was_never_verified_is_not_measured_and_a_cluster_that_is_well_holds_every_promise()
    {
        await using var production = await WellAsync();

        var before = await production.Tool.ExpectAsync(2, "status");
        Assert.Contains("1 NOT MEASURED", before.Output, StringComparison.Ordinal);
        Assert.Contains("it was never verified from this host", before.Output, StringComparison.Ordinal);

        await production.Tool.ExpectAsync(0, "verify");
        var after = await production.Tool.ExpectAsync(0, "status");
        Assert.Contains("every promise holds", after.Output, StringComparison.Ordinal);

        var windows = await production.Tool.ExpectAsync(0, "windows");
        Assert.Contains("no gap: every moment between can be recovered", windows.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objectives_and_schedules_of_the_policy_are_judged_by_what_was_measured()
    {
        await using var production = await WellAsync();
        await production.IncrementAsync();
        await production.Tool.ExpectAsync(0, "verify");
        (production.Policy with
        {
            ClusterKeys =
            [
                "objectives: hosted", "full: \"0 2 * * *\"", "incremental: \"0 3-23 * * *\"",
                "audit: \"0 4 * * 0\"",
            ],
            More = "objectives: { hosted: { rto: 4h, rpo: 1h } }\n",
        }).WriteTo(production.Folder);

        var before = await production.Tool.ExpectAsync(2, "status");
        Assert.Contains("RTO 4h", before.Output, StringComparison.Ordinal);

        foreach (var (promise, verdict) in new[]
        {
            ("rpo", "held"), ("rto", "not_measured"), ("full_on_time", "held"), ("incremental_on_time", "held"),
            ("audited_on_time", "missed"),
        })
            Assert.Equal(verdict, await VerdictAsync(production, promise));

        await production.RestoreAsync("copy", "--latest");
        await production.Tool.ExpectAsync(0, "backup", "--incremental", "--audit");

        Assert.Equal("held", await VerdictAsync(production, "rto"));
        Assert.Equal("held", await VerdictAsync(production, "audited_on_time"));
        var after = await production.Tool.ExpectAsync(0, "status");
        Assert.Contains("every promise holds", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_answer_in_the_approved_shape()
    {
        await using var production = await WellAsync();

        var status = await production.Tool.ExpectAsync(2, "status", "--json");
        var windows = await production.Tool.ExpectAsync(0, "windows", "--json");

        Approval.Verify(JsonShape.Of(status.Output), "json-status");
        Approval.Verify(JsonShape.Of(windows.Output), "json-windows");
    }

    [Fact]
    public async Task A_broken_archive_command_is_missed_with_what_to_do()
    {
        await using var production = await WellAsync();
        await ArchiveWithAsync(production, "false %p");
        await production.SwitchAsync();
        await ProtectedCluster.WaitUntilAsync(() => IsFailing(production), "a failure is counted");

        var status = await production.Tool.ExpectAsync(2, "status");

        Assert.Contains("archive_command fails", status.Output, StringComparison.Ordinal);
        Assert.Contains("Read the server's log", status.Output, StringComparison.Ordinal);
        Assert.Equal("missed", await VerdictAsync(production, "archiving"));
        Assert.Equal("held", await VerdictAsync(production, "good_backup"));
    }

    [Fact]
    public async Task An_archive_command_that_stores_nothing_is_missed_although_the_server_is_content()
    {
        await using var production = await WellAsync();
        await ArchiveWithAsync(production, "/bin/true");
        var lost = await production.SwitchAsync();
        await ProtectedCluster.WaitUntilAsync(() => LastArchived(production) == lost, "it is said to be archived");

        Assert.Equal("missed", await VerdictAsync(production, "archive_arrives"));
        Assert.Equal("held", await VerdictAsync(production, "archiving"));
    }

    [Fact]
    public async Task With_the_server_stopped_everything_else_is_still_told()
    {
        await using var production = await WellAsync();
        await production.Tool.ExpectAsync(0, "verify");
        await production.Cluster.StopAsync();

        var status = await production.Tool.ExpectAsync(2, "status");

        Assert.Contains("server does not answer", status.Output, StringComparison.Ordinal);
        Assert.Equal("missed", await VerdictAsync(production, "server"));
        Assert.Equal("not_measured", await VerdictAsync(production, "settings"));

        foreach (var held in new[] { "repository", "archiving", "good_backup", "window", "verified", "keys_tried" })
            Assert.Equal("held", await VerdictAsync(production, held));

        // Stopped in order, it has archived all that it ever wrote.
        Assert.Equal(0, (await MeasureAsync(production, "loss_now_seconds")).GetProperty("number").GetDouble());
        await production.Tool.ExpectAsync(0, "windows");
    }

    [Fact]
    public async Task A_repository_that_is_gone_is_a_line_and_not_an_end()
    {
        await using var production = await WellAsync();
        Directory.Move(production.Policy.Repository, production.Folder["unmounted"]);

        var status = await production.Tool.ExpectAsync(2, "status");
        var windows = await production.Tool.ExpectAsync(2, "windows");

        Assert.Contains("repository can be read", status.Output, StringComparison.Ordinal);
        Assert.Contains("server can be asked", status.Output, StringComparison.Ordinal);
        Assert.Contains("NOT MEASURED: ", windows.Output, StringComparison.Ordinal);
        Assert.Equal("could_not_measure", (await MeasureAsync(production, "gaps")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_hole_in_the_archive_is_drawn_with_its_name_and_breaks_the_window()
    {
        await using var production = await WellAsync();
        var segments = await production.WriteSegmentsAsync(3);
        File.Delete(Assert.Single(production.ArchivedObjects(segments[1])));

        var open = await production.Tool.ExpectAsync(2, "windows");
        Assert.Contains($"WAL '{segments[1]}' is missing (1 segment)", open.Output, StringComparison.Ordinal);
        Assert.Contains("Run 'tomo-backup backup --full' now", open.Output, StringComparison.Ordinal);
        Assert.Equal("missed", await VerdictAsync(production, "window"));

        await production.BackupAsync();
        var closed = await production.Tool.ExpectAsync(2, "windows");
        Assert.Contains("after   2", closed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_recovery_two_timelines_are_drawn_and_its_time_is_the_measured_RTO()
    {
        await using var production = await WellAsync();
        await production.Cluster.StopAsync();
        await production.Tool.ExpectAsync(
            0, "restore", "--in-place", "--latest", "--start", "--postgres",
            production.Cluster.Installation.ProgramFolder());
        await ProtectedCluster.WaitUntilAsync(
            () => production.ArchivedObjects("00000002.history").Count > 0, "the history file is archived");
        await production.ArchiveAsync();

        var windows = await production.Tool.RunAsync("windows");
        Assert.Contains("timeline 2 left timeline 1", windows.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("by the names of segments", windows.Output, StringComparison.Ordinal);
        Assert.InRange(
            (await MeasureAsync(production, "restore_duration_seconds")).GetProperty("number").GetDouble(), 0.1, 120);
    }

    /// <summary>A protected cluster that is set up as 'setup' wants it, with a backup and a finished segment.</summary>
    static async Task<ProtectedCluster> WellAsync()
    {
        var production = await ProtectedCluster.InitializeAsync();
        production.Cluster.Configure("archive_timeout", "300");
        production.Cluster.Configure("summarize_wal", "on");
        await production.BeginAsync();
        await production.BackupAsync();
        await production.WriteSegmentsAsync(1);
        await production.Tool.ExpectAsync(0, "key", "check");
        return production;
    }

    static async Task ArchiveWithAsync(ProtectedCluster production, string command)
    {
        await production.Cluster.ExecuteAsync($"ALTER SYSTEM SET archive_command = '{command}'");
        await production.Cluster.ExecuteAsync("SELECT pg_reload_conf()");
    }

    static bool IsFailing(ProtectedCluster production)
        => production.Cluster
            .ScalarAsync<long>("SELECT count(*) FROM pg_stat_archiver WHERE last_failed_time > last_archived_time")
            .GetAwaiter().GetResult() > 0;

    static string LastArchived(ProtectedCluster production)
        => production.Cluster.ScalarAsync<string>("SELECT last_archived_wal FROM pg_stat_archiver")
            .GetAwaiter().GetResult();

    static async Task<string?> VerdictAsync(ProtectedCluster production, string promise)
    {
        using var document = JsonDocument.Parse((await production.Tool.RunAsync("status", "--json")).Output);
        return document.RootElement.GetProperty("clusters")[0].GetProperty("promises").EnumerateArray()
            .Single(p => p.GetProperty("id").GetString() == promise).GetProperty("verdict").GetString();
    }

    static async Task<JsonElement> MeasureAsync(ProtectedCluster production, string name)
    {
        using var document = JsonDocument.Parse((await production.Tool.RunAsync("status", "--json")).Output);
        return document.RootElement.GetProperty("clusters")[0].GetProperty("measurements").EnumerateArray()
            .Single(m => m.GetProperty("name").GetString() == name).Clone();
    }
}
