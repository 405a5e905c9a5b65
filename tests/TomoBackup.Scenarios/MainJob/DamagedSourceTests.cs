using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>A disk that lied: a page of the source no longer has its checksum.</summary>
public sealed class DamagedSourceTests
{
    const int PageBytes = 8192;
    const int Block = 7;

    [Fact]
    public async Task A_backup_of_damaged_pages_is_stored_as_damaged_and_never_taken_for_a_good_one()
    {
        await using var production = await ProtectedCluster.StartAsync();
        await production.Cluster.ExecuteAsync(
            "CREATE TABLE cold AS SELECT n, repeat('x', 200) AS filling FROM generate_series(1, 1000) AS n");
        var good = await production.BackupAsync();
        var path = await DamageAsync(production);

        var taken = await production.Tool.ExpectAsync(3, "backup", "--full");

        var damaged = ProtectedCluster.Read(taken);
        Assert.Contains("is damaged", taken.Output, StringComparison.Ordinal);
        Assert.Contains($"damaged: {path} block {Block}\n", taken.Output, StringComparison.Ordinal);
        var list = await production.Tool.ExpectAsync(0, "list");
        Assert.Matches($"{good.Id} .*good", list.Output);
        Assert.Matches($"{damaged.Id} .*damaged", list.Output);

        await IsTakenOnlyKnowinglyAsync(production, damaged);
        await TheGoodOneStillServesAsync(production, good);
    }

    static async Task IsTakenOnlyKnowinglyAsync(ProtectedCluster production, TakenBackup damaged)
    {
        var place = production.Folder["refused"];
        var refusal = await production.Tool.ExpectAsync(3, "restore", "--backup", damaged.Id, "--into", place);
        refusal.Refuses($"'{damaged.Id}' holds 1 blocks that were damaged", "--accept-damaged");
        Assert.False(Path.Exists(place));

        var (copy, _) = await production.RestoreAsync(
            "accepted", "--backup", damaged.Id, "--immediate", "--accept-damaged");
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(damaged.StopLsn));
    }

    static async Task TheGoodOneStillServesAsync(ProtectedCluster production, TakenBackup good)
    {
        await production.Ledger.WriteAsync(5);
        await production.ArchiveAsync();

        var (copy, result) = await production.RestoreAsync("good", "--latest");

        Assert.Contains(good.Id, result.Output, StringComparison.Ordinal);
        await CommitLedger.VerifyAsync(copy, production.Ledger.Everything);
        Assert.Equal(1000, await copy.ScalarAsync<long>("SELECT count(*) FROM cold"));
    }

    /// <returns>The relation's path, relative to the data directory.</returns>
    static async Task<string> DamageAsync(ProtectedCluster production)
    {
        await production.Cluster.ExecuteAsync("VACUUM (FREEZE) cold");
        var path = await production.Cluster.ScalarAsync<string>("SELECT pg_relation_filepath('cold')");
        await production.Cluster.StopAsync();

        await using (var file = File.Open($"{production.Cluster.DataDirectory}/{path}", FileMode.Open))
        {
            file.Position = (Block * PageBytes) + 5000;
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 0x10));
        }

        await production.Cluster.StartAsync();
        return path;
    }
}
