using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>
/// VACUUM marks pages all visible, in the visibility map and in the pages themselves; without checksums and
/// wal_log_hints the pages keep their old position (visibilitymap_set). A backup that trusts positions would take the
/// new map and the old pages, and a deletion in the copy would leave the map as it is: index-only scans then go on to
/// count what was deleted.
/// </summary>
public sealed class AllVisibleTests
{
    [Theory]
    [InlineData(17, false, false)]
    [InlineData(18, false, false)]
    [InlineData(18, false, true)]
    [InlineData(18, true, false)]
    public async Task What_is_deleted_from_a_copy_is_gone_from_its_index_only_scans(
        int major, bool checksums, bool summarize)
    {
        await using var production = await ProtectedCluster.StartAsync(
            IncrementalCluster.Options(major, summarize) with { Checksums = checksums });
        await production.Cluster.ExecuteAsync("CREATE TABLE seen (id int PRIMARY KEY, filler text)");
        await production.Cluster.ExecuteAsync("INSERT INTO seen SELECT i, 'x' FROM generate_series(1, 20000) AS i");
        await production.Cluster.ScalarAsync<long>("SELECT count(*) FROM seen");
        await production.BackupAsync();
        await production.Cluster.ExecuteAsync("VACUUM seen");
        await production.IncrementAsync();

        var (copy, _) = await production.RestoreAsync("copy", "--latest");
        await copy.WaitUntilPromotedAsync();

        await copy.ExecuteAsync("DELETE FROM seen WHERE id % 2 = 0");
        Assert.Equal(10_000, await CountByIndexAsync(copy));
        await IncrementalCluster.ExpectSoundAsync(copy);
    }

    static async Task<long> CountByIndexAsync(TestCluster copy)
    {
        await copy.ExecuteAsync("ALTER SYSTEM SET enable_seqscan = off");
        await copy.ExecuteAsync("ALTER SYSTEM SET enable_bitmapscan = off");
        await copy.ExecuteAsync("SELECT pg_reload_conf()");
        Assert.Contains("Index Only Scan", string.Join('\n', (await copy.QueryAsync(
            "EXPLAIN SELECT count(*) FROM seen WHERE id > 0")).Select(row => row[0])), StringComparison.Ordinal);
        return await copy.ScalarAsync<long>("SELECT count(*) FROM seen WHERE id > 0");
    }
}
