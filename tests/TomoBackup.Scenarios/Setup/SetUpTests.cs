using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.Setup;

public sealed class SetUpTests
{
    [Fact]
    public async Task A_fresh_server_is_set_up_checked_and_needs_nothing_more()
    {
        await using var stage = await SetUpStage.SetAsync();
        await stage.Tool.ExpectAsync(0, "init");

        var shown = await stage.Tool.ExpectAsync(2, "setup", "--superuser", Environment.UserName);
        Assert.Contains("CREATE ROLE \"tomo_backup\" LOGIN;", shown.Output, StringComparison.Ordinal);
        Assert.Equal(0, await stage.Cluster.ScalarAsync<long>("SELECT count(*) FROM pg_roles WHERE rolname ~ '^tomo'"));

        var applied = await stage.Tool.ExpectAsync(2, "setup", "--apply", "--superuser", Environment.UserName);
        Assert.Contains("RESTART the server now for archive_mode", applied.Output, StringComparison.Ordinal);

        var waiting = await stage.Tool.ExpectAsync(2, "setup");
        Assert.Contains("nothing to do", waiting.Output, StringComparison.Ordinal);
        Assert.Contains("RESTART", waiting.Output, StringComparison.Ordinal);

        await stage.RestartAsync();
        Assert.DoesNotContain("RESTART", (await stage.Tool.ExpectAsync(0, "setup")).Output, StringComparison.Ordinal);

        // What setup wrote is what the policy says.
        var review = (await stage.Tool.RunAsync("policy", "check", "--live", "--json")).Output;
        Assert.Contains("\"findings\"", review, StringComparison.Ordinal);
        Assert.DoesNotContain("server-setting-differs", review, StringComparison.Ordinal);
        Assert.DoesNotContain("archive-command-differs", review, StringComparison.Ordinal);

        // Test clusters run without fsync, and beside their repository: two things to look at.
        var check = await stage.Tool.ExpectAsync(2, "check");
        Assert.DoesNotContain("FAILED", check.Output, StringComparison.Ordinal);
        Assert.Contains("ok       read back 'local': the segment opens", check.Output, StringComparison.Ordinal);

        await stage.Tool.ExpectAsync(0, "backup", "--full");
        var keys = await stage.Tool.ExpectAsync(0, "key", "check");
        Assert.Contains("opens the newest backup key of 'local'", keys.Output, StringComparison.Ordinal);
        Assert.Contains("was not tried", keys.Output, StringComparison.Ordinal);
        var ownKeys = await stage.Tool.ExpectAsync(0, "key", "show");
        Assert.Contains("(on this host)", ownKeys.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/bin/true", 10, "leads elsewhere")]
    [InlineData("/nonexistent/tomo-backup wal push %p", 75, "names a program that does not exist")]
    [InlineData("false %p", 75, "it fails: 'false %p'")]
    public async Task An_archive_command_that_leads_nowhere_is_named(string command, int exitCode, string expected)
    {
        await using var stage = await SetUpStage.SetAsync();
        await stage.SetUpAsync();
        await stage.ArchiveWithAsync(command);

        var check = await stage.Tool.ExpectAsync(exitCode, "check", "--timeout", "8s");

        Assert.Contains(expected, check.Output, StringComparison.Ordinal);
        Assert.Contains("is NOT protected", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_command_with_another_policy_is_named()
    {
        await using var stage = await SetUpStage.SetAsync();
        await stage.SetUpAsync();
        var other = stage.Policy("other.yaml", stage.Make("elsewhere"), stage["other"]);
        await stage.Tool.ExpectAsync(0, "--policy", other, "init");
        await stage.ArchiveWithAsync($"{ToolRunner.Binary} --policy {other} wal push %p");

        var check = await stage.Tool.ExpectAsync(10, "check", "--timeout", "20s");

        Assert.Contains("leads elsewhere", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_s_identity_opens_nothing()
    {
        await using var stage = await SetUpStage.SetAsync();
        await stage.Tool.ExpectAsync(0, "init");
        await stage.Tool.ExpectAsync(0, "key", "generate", stage["stranger.key"]);

        var keys = await stage.Tool.ExpectAsync(12, "key", "check", "--identity", stage["stranger.key"]);

        Assert.Contains("FAILED", keys.Output, StringComparison.Ordinal);
        await stage.Tool.ExpectAsync(17, "key", "generate", stage["stranger.key"]);
    }
}
