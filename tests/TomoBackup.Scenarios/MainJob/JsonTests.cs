using TomoBackup.Testing;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>What scripts rely on: the members of every answer that a real cluster brings about.</summary>
public sealed class JsonTests
{
    [Fact]
    public async Task Every_verb_of_the_main_job_answers_in_the_approved_shape()
    {
        await using var production = await ProtectedCluster.InitializeAsync();
        await production.Cluster.StartAsync();

        await ApproveAsync("init", "init");
        await production.Ledger.CreateTableAsync();
        await production.Ledger.WriteAsync(10);
        await ApproveAsync("backup", "backup", "--full", "--label", "first", "--annotate", "why=test");
        await production.WriteSegmentsAsync(2);
        await ApproveAsync("list", "list");
        await ApproveAsync("show", "show", "latest");
        await ApproveAsync("verify", "verify");
        await ApproveAsync("verify-deep", "verify", "--deep");

        var copy = await production.PlaceAsync("copy");
        var restore = ProtectedCluster.StartArguments(copy);
        await ApproveAsync("restore-plan", [.. restore, "--latest", "--plan"]);
        await ApproveAsync("restore", [.. restore, "--latest", "--start"]);

        async Task ApproveAsync(string name, params IReadOnlyList<string> arguments)
        {
            var answer = await production.Tool.ExpectAsync(0, [.. arguments, "--json"]);
            Approval.Verify(JsonShape.Of(answer.Output), $"json-{name}");
        }
    }

    [Fact]
    public async Task Damage_answers_in_the_approved_shape()
    {
        await using var production = await ProtectedCluster.StartAsync();
        await production.BackupAsync();
        var segment = (await production.WriteSegmentsAsync(3))[1];
        File.Delete(Assert.Single(production.ArchivedObjects(segment)));

        var verify = await production.Tool.ExpectAsync(3, "verify", "--json");
        var refused = await production.Tool.RunAsync(
            "restore", "--latest", "--into", production.Folder["copy"], "--json", "--set", "port=1");

        Approval.Verify(JsonShape.Of(verify.Output), "json-verify-damage");
        Approval.Verify(JsonShape.Of(refused.Errors), "json-error");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Empty(refused.Output);
    }
}
