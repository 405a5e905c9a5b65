using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>Clusters of which incremental backups are taken, and what is asked of their copies.</summary>
static class IncrementalCluster
{
    public static TestClusterOptions Options(int major, bool summarize)
        => new()
        {
            Major = major,
            Settings = summarize ? new Dictionary<string, string> { ["summarize_wal"] = "on" } : [],
        };

    /// <summary>Every heap has what its indexes say and nothing more, in every database.</summary>
    public static async Task ExpectSoundAsync(TestCluster copy)
    {
        await copy.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS amcheck");

        var corrupt = await copy.ScalarAsync<long>(
            """
            SELECT count(*)
              FROM pg_class AS c, LATERAL verify_heapam(c.oid) AS fault
             WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p'
            """);
        Assert.Equal(0, corrupt);

        await copy.ExecuteAsync(
            """
            SELECT bt_index_check(c.oid, heapallindexed => true)
              FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS am ON am.oid = c.relam
             WHERE am.amname = 'btree' AND c.relpersistence = 'p' AND i.indisvalid
            """);
    }
}
