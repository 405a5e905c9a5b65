using System.Text.Json;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;
using TomoBackup.Retention;
using TomoBackup.Storage;
using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>What expire leaves of a real cluster's repository is restored for real.</summary>
public sealed class ExpireTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_expire_a_promised_moment_is_restored_and_one_before_the_window_is_refused()
    {
        await using var production = await ProtectedCluster.StartAsync();
        var first = await production.BackupAsync();
        var oldWal = await production.WriteSegmentsAsync(2);
        var before = await production.Ledger.MarkAsync();
        await production.WriteSegmentsAsync(1);
        var second = await production.BackupAsync();

        // The window will begin behind the second backup, to the second.
        await Task.Delay(TimeSpan.FromSeconds(2), Cancelled);
        var begin = DateTimeOffset.UtcNow;
        await Task.Delay(TimeSpan.FromSeconds(2), Cancelled);
        await production.WriteSegmentsAsync(2);
        var promised = await production.Ledger.MarkAsync();
        await production.WriteSegmentsAsync(2);
        var third = await production.BackupAsync();
        await production.WriteSegmentsAsync(1);
        await production.Cluster.StopAsync();

        await production.Tool.ExpectAsync(0, "verify");
        Assert.Equal(0, RemovedBackups(await ExpireAsync(production, begin, "--json")));
        LetADayPass(production);
        var plan = await ExpireAsync(production, begin, "--plan");
        Assert.Contains(first.Id, plan.Output, StringComparison.Ordinal);
        Assert.All(oldWal, name => Assert.NotEmpty(production.ArchivedObjects(name)));
        Assert.Equal(1, RemovedBackups(await ExpireAsync(production, begin, "--json")));
        Assert.All(oldWal, name => Assert.Empty(production.ArchivedObjects(name)));
        await production.Tool.ExpectAsync(0, "verify", "--deep");
        var list = await production.Tool.ExpectAsync(0, "list");
        Assert.DoesNotContain(first.Id, list.Output, StringComparison.Ordinal);
        Assert.Contains(third.Id, list.Output, StringComparison.Ordinal);

        var (copy, restored) = await production.RestoreAsync("promised", "--to-time", Words.Of(promised.Time));
        Assert.Contains(second.Id, restored.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(promised));

        var (end, _) = await production.RestoreAsync("latest", "--latest");
        await CommitLedger.VerifyAsync(end, production.Ledger.Everything);

        var refused = await production.Tool.ExpectAsync(
            16, "restore", "--to-time", Words.Of(before.Time), "--into", production.Folder["before"]);
        refused.Refuses("cannot be reached on timeline 1", second.Id);
    }

    /// <summary>By the executable, with rules from the policy file: one backup, and WAL from a moment on.</summary>
    static async Task<ProcessResult> ExpireAsync(
        ProtectedCluster production, DateTimeOffset begin, params string[] options)
    {
        var age = (int)(DateTimeOffset.UtcNow - begin).TotalSeconds;
        (production.Policy with
        {
            More = $"retention:\n  wal: {{ local: {age}s }}\n  backup: {{ local: {{ count: 1 }} }}\n",
        }).WriteTo(production.Folder);
        return await production.Tool.ExpectAsync(0, ["expire", .. options]);
    }

    static int RemovedBackups(ProcessResult result)
    {
        using var document = JsonDocument.Parse(result.Output);
        var repository = Assert.Single(document.RootElement.GetProperty("repositories").EnumerateArray());
        Assert.Empty(repository.GetProperty("refusals").EnumerateArray());
        return repository.GetProperty("removed").GetProperty("backups").GetInt32();
    }

    /// <summary>As if the first run had been yesterday: its marks are older than the grace.</summary>
    static void LetADayPass(ProtectedCluster production)
    {
        var state = new HostState(
            PhysicalFileSystem.Instance, production.Policy.StateDirectory, SystemEntropy.Instance);
        var id = File.ReadAllText(Path.Combine(production.Policy.Repository, "repository.json"))
            .Split("\"repository\":\"")[1].Split('"')[0];
        var repository = new Repository(
            "local",
            LocalStore.Open(PhysicalFileSystem.Instance, production.Policy.Repository, new LocalStoreOptions()),
            id);
        var memory = RetentionMemory.TryRead(state, production.Policy.Cluster, repository)!;

        (memory with
        {
            Backups = memory.Backups.ToDictionary(b => b.Key, b => b.Value.AddHours(-25)),
            Wal = [.. memory.Wal.Select(w => w with { Since = w.Since.AddHours(-25) })],
        }).Write(state, production.Policy.Cluster, repository);
    }
}
