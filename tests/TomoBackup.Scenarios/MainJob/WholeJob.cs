using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>The main job of a cluster whose only repository is no folder: from its first segment to the day when its
/// data directory is lost.</summary>
static class WholeJob
{
    /// <summary>A cluster that is not started yet.</summary>
    /// <param name="store">Its first repository, as it stands in the policy.</param>
    public static async Task<ProtectedCluster> PrepareAsync(string store)
    {
        var production = await ProtectedCluster.InitializeAsync();
        (production.Policy with { Store = store }).WriteTo(production.Folder);
        return production;
    }

    /// <summary>Archives, backs up, verifies, loses the data directory, and brings it back to a moment.</summary>
    public static async Task RunAsync(ProtectedCluster production)
    {
        var tool = production.Tool;
        await production.BeginAsync();
        var check = await tool.RunAsync("check");
        Assert.Contains("was in every repository after", check.Output, StringComparison.Ordinal);

        await production.BackupAsync();
        await production.WriteArchivedAsync(2);
        var moment = await production.Ledger.MarkAsync();
        await production.WriteArchivedAsync(1);
        await tool.ExpectAsync(0, "verify", "--deep");
        var list = await tool.ExpectAsync(0, "list");
        Assert.Contains("good", list.Output, StringComparison.Ordinal);

        await production.Cluster.KillAsync();
        Directory.Delete(production.Cluster.DataDirectory, recursive: true);
        await ComesBackAsync(production, moment, "--to-time", Words.Of(moment.Time));
    }

    /// <summary>Restores to where the data directory was, starts it, and compares every row.</summary>
    public static async Task ComesBackAsync(
        ProtectedCluster production, LedgerMoment moment, params IReadOnlyList<string> arguments)
    {
        var (copy, restored) = await production.RestoreAsync("data", arguments);

        Assert.Contains("as planned", restored.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
        Assert.False(Directory.Exists($"{copy.DataDirectory}/pg_wal/tomo-backup"));
    }
}
