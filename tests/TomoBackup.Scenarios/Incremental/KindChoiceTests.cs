using TomoBackup.Postgres.Server;
using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>An incremental backup that was asked for is a full one where it must be, and says why; and only
/// there.</summary>
public sealed class KindChoiceTests
{
    [Fact]
    public async Task Switched_checksums_force_a_full_one()
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(18, summarize: true));
        var full = await production.BackupAsync();
        await production.Cluster.StopAsync();
        var result = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(
                production.Cluster.Installation.BinaryFor("pg_checksums"), "--disable", "--no-sync", "-D",
                production.Cluster.DataDirectory),
            TestContext.Current.CancellationToken);
        Assert.Equal(0, result.ExitCode);
        await production.Cluster.StartAsync();

        await ExpectFullAsync(production, $"page checksums were switched off since backup '{full.Id}'");
        await production.IncrementAsync();
    }

    [Fact]
    public async Task A_restore_in_place_to_before_the_end_of_the_generation_forces_a_full_one()
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(18, summarize: true));
        await production.BackupAsync();
        await production.Ledger.WriteAsync(5);
        var moment = await production.Ledger.MarkAsync();
        await production.Ledger.WriteAsync(5);
        var full = await production.BackupAsync();
        await RestoreInPlaceAsync(production, "--to-time", Words.Of(moment.Time));

        var taken = await ExpectFullAsync(
            production,
            $"backup '{full.Id}' ended at {full.StopLsn} on timeline 1, which timeline 2 does not come from");

        var (copy, _) = await production.RestoreAsync("copy", "--backup", taken.Id, "--immediate");
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
    }

    [Fact]
    public async Task A_restore_in_place_into_the_chain_builds_on_what_the_new_timeline_comes_from()
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(18, summarize: true));
        var full = await production.BackupAsync();
        await production.Ledger.WriteAsync(5);
        var moment = await production.Ledger.MarkAsync();
        await production.Ledger.WriteAsync(500);
        var left = await production.IncrementAsync();
        await RestoreInPlaceAsync(production, "--to-time", Words.Of(moment.Time));

        var taken = await production.IncrementAsync();

        var shown = await production.Tool.ExpectAsync(0, "show", taken.Id);
        Assert.Contains($"built on {full.Id}", shown.Output, StringComparison.Ordinal);
        var (copy, _) = await production.RestoreAsync("copy", "--backup", taken.Id, "--immediate");
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(moment));
        await IncrementalCluster.ExpectSoundAsync(copy);
        var (ofLeft, _) = await production.RestoreAsync("left", "--backup", left.Id, "--immediate", "--timeline", "1");
        await CommitLedger.VerifyAsync(ofLeft, production.Ledger.At(left.StopLsn));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_promotion_stays_incremental(bool summarize)
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(18, summarize));
        await production.BackupAsync();
        await production.Ledger.WriteAsync(200);
        var parent = await production.IncrementAsync();
        await production.Ledger.WriteAsync(200);
        await production.ArchiveAsync();
        await RestoreInPlaceAsync(production, "--latest");
        await production.Cluster.ExecuteAsync("CREATE TABLE later AS SELECT generate_series(1, 5000) AS n");

        var taken = await production.IncrementAsync();

        var shown = await production.Tool.ExpectAsync(0, "show", taken.Id);
        Assert.Contains($"built on {parent.Id}", shown.Output, StringComparison.Ordinal);
        var (copy, _) = await production.RestoreAsync("copy", "--latest", "--backup", taken.Id);
        await CommitLedger.VerifyAsync(copy, production.Ledger.Everything);
        Assert.Equal(5000, await copy.ScalarAsync<long>("SELECT count(*) FROM later"));
        await IncrementalCluster.ExpectSoundAsync(copy);
    }

    [Fact]
    public async Task In_sealed_mode_a_lost_key_of_the_generation_forces_a_full_one()
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(18, summarize: true));
        await production.ArchiveAsync();
        var before = Keys(production);
        var full = await production.BackupAsync();
        var key = Assert.Single(Keys(production).Except(before));
        File.Delete(production.Policy.IdentityFile!);
        (production.Policy with { IdentityFile = null }).WriteTo(production.Folder);
        await production.IncrementAsync();

        File.Delete(key);

        await ExpectFullAsync(production, $"the key of the open generation '{full.Id}' is not on this host");
        await production.IncrementAsync();
    }

    [Fact]
    public async Task A_pack_that_is_gone_from_the_repository_forces_a_full_one()
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(18, summarize: true));
        var full = await production.BackupAsync();
        var parent = await production.IncrementAsync();

        // Of the full one, which both need: without the other's own pack the full one could still be built on.
        var pack = Directory.GetFiles(
            Path.Combine(production.Policy.Repository, "backup"), "pack-*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .First(path => Path.GetFileName(Path.GetDirectoryName(path)) == full.Id);
        File.Delete(pack);

        await ExpectFullAsync(
            production,
            $"'{Path.GetRelativePath(production.Policy.Repository, pack)}', which backup '{parent.Id}' needs, is not "
                + "in the repository");
        await production.IncrementAsync();
    }

    static async Task<TakenBackup> ExpectFullAsync(ProtectedCluster production, string reason)
    {
        var result = await production.Tool.ExpectAsync(0, "backup", "--incremental");
        Assert.StartsWith("full backup ", result.Output, StringComparison.Ordinal);
        Assert.Contains($"\n  full, because {reason}\n", result.Output, StringComparison.Ordinal);
        return ProtectedCluster.Read(result);
    }

    static async Task RestoreInPlaceAsync(ProtectedCluster production, params string[] target)
    {
        await production.Cluster.StopAsync();
        await production.Tool.ExpectAsync(
            0,
            [
                "restore", "--in-place", .. target, "--start", "--postgres",
                production.Cluster.Installation.ProgramFolder(),
            ]);
        await production.Cluster.WaitUntilPromotedAsync();
    }

    static string[] Keys(ProtectedCluster production)
        => Directory.GetFiles(
            Path.Combine(production.Policy.StateDirectory, "epochs"), "*.key", SearchOption.AllDirectories);
}
