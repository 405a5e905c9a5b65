using System.Text.Json;
using TomoBackup.Scenarios.MainJob;

namespace TomoBackup.Scenarios.Setup;

/// <summary><c>policy check --live</c> against a real server, a real repository and the journal of real runs.</summary>
public sealed class PolicyCheckTests
{
    [Fact]
    public async Task A_live_review_sees_what_is_missing_and_what_was_done_about_it()
    {
        await using var production = await ProtectedCluster.StartAsync();
        production.Folder.Write(
            "review.yaml",
            production.Policy.ToString().Replace(
                "    data_directory:",
                "    objectives: hosted\n    databases: [nowhere]\n    full: \"0 2 * * *\"\n    data_directory:",
                StringComparison.Ordinal)
                + "objectives: { hosted: { rto: 4h, rpo: 1h } }\n");

        var before = await FindAsync(production);

        // The server's archive_timeout is 0, the policy's 5 min; data and repository lie in one folder.
        Assert.Superset(
            new HashSet<string>
            {
                "no-good-backup", "key-never-tried", "rto-not-measured", "database-missing", "server-setting-differs",
                "repository-beside-data", "one-host",
            },
            before);
        Assert.DoesNotContain("could-not-look", before);
        Assert.DoesNotContain("archiving-off", before);

        await production.BackupAsync();
        await production.Tool.ExpectAsync(0, "key", "check");
        await production.RestoreAsync("copy", "--latest");
        var after = await FindAsync(production);

        foreach (var done in new[] { "no-good-backup", "full-backup-overdue", "key-never-tried", "rto-not-measured" })
            Assert.DoesNotContain(done, after);
    }

    [Fact]
    public async Task A_server_that_is_down_is_told_and_does_not_end_the_review()
    {
        await using var production = await ProtectedCluster.StartAsync();
        production.Folder.Write("review.yaml", production.Policy.ToString());
        await production.Cluster.StopAsync();

        Assert.Contains("could-not-look", await FindAsync(production));
    }

    static async Task<HashSet<string>> FindAsync(ProtectedCluster production)
    {
        var result = await production.Tool.RunAsync(
            "policy", "check", "--live", "--json", "--policy", production.Folder["review.yaml"]);

        Assert.True(result.ExitCode is 2 or 78, $"{result.ExitCode}: {result.Output}{result.Errors}");
        using var answer = JsonDocument.Parse(result.Output);

        return [.. answer.RootElement.GetProperty("findings").EnumerateArray()
            .Select(finding => finding.GetProperty("id").GetString()!)];
    }
}
