using TomoBackup.Scenarios.MainJob;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>
/// PostgreSQL 18.6's own incremental path brings deleted rows back: a table is cut by VACUUM and grows again by COPY,
/// which adds blocks that WAL does not name, and the combined backup takes those from the full one (facts §6.6).
/// </summary>
public sealed class ResurrectedRowsTests
{
    [Theory]
    [InlineData(18, true)]
    [InlineData(18, false)]
    [InlineData(17, true)]
    public async Task Rows_that_were_deleted_before_an_incremental_backup_stay_deleted(int major, bool summarize)
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(major, summarize));
        var cluster = production.Cluster;
        await cluster.ExecuteAsync(
            """
            CREATE TABLE victim (id int PRIMARY KEY, filler text);
            ALTER TABLE victim ALTER filler SET STORAGE PLAIN;
            INSERT INTO victim SELECT i, repeat('x', 180) FROM generate_series(1, 34000) AS i;
            CHECKPOINT;
            """);
        await production.BackupAsync();

        await cluster.ExecuteAsync("DELETE FROM victim WHERE id > 1000");
        await cluster.ExecuteAsync("VACUUM victim");
        Assert.True(await BlocksAsync(cluster) < 60, "VACUUM did not cut the table");
        await cluster.ExecuteAsync(
            "COPY victim FROM PROGRAM 'seq 40001 41500 | sed \"s/$/\\t" + new string('y', 180) + "/\"'");

        await production.IncrementAsync();
        var (copy, _) = await production.RestoreAsync("copy", "--latest");

        Assert.Equal(2500, await cluster.ScalarAsync<long>("SELECT count(*) FROM victim"));
        Assert.Equal(2500, await copy.ScalarAsync<long>("SELECT count(*) FROM victim"));
        await IncrementalCluster.ExpectSoundAsync(copy);
    }

    static Task<int> BlocksAsync(TestCluster cluster)
        => cluster.ScalarAsync<int>("SELECT (pg_relation_size('victim') / 8192)::int");
}
