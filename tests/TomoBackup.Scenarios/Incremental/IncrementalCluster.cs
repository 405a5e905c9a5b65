using TomoBackup.Postgres.Server;
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

    /// <summary>Every heap has what its indexes say and nothing more, in the one database that tests use.</summary>
    public static Task ExpectSoundAsync(TestCluster copy) => ExpectSoundAsync(copy, "postgres");

    /// <summary>The same, in every database.</summary>
    public static async Task ExpectSoundEverywhereAsync(TestCluster copy)
    {
        foreach (var database in await DatabaseSession.ColumnAsync<string>(copy, "postgres", ClusterContent.Databases))
            await ExpectSoundAsync(copy, database);
    }

    /// <summary>pg_verifybackup accepts a restored directory that no server has touched.</summary>
    public static Task ExpectVerifiedAsync(TestCluster copy)
        => ExpectAsync(copy, "pg_verifybackup", copy.DataDirectory);

    /// <summary>Every page of a stopped copy has its checksum, where it keeps any.</summary>
    public static Task ExpectChecksumsAsync(TestCluster copy, bool checksums)
        => checksums ? ExpectAsync(copy, "pg_checksums", "--check", "-D", copy.DataDirectory) : Task.CompletedTask;

    static async Task ExpectSoundAsync(TestCluster copy, string database)
    {
        await DatabaseSession.ExecuteAsync(copy, database, "CREATE EXTENSION IF NOT EXISTS amcheck");
        await DatabaseSession.ExecuteAsync(copy, database, "CREATE EXTENSION IF NOT EXISTS pg_visibility");

        var corrupt = await DatabaseSession.ColumnAsync<string>(
            copy, database,
            """
            SELECT format('%s block %s: %s', c.oid::regclass, fault.blkno, fault.msg)
              FROM pg_class AS c, LATERAL verify_heapam(c.oid) AS fault
             WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p'
             UNION ALL
            SELECT format('%s: %s is in the visibility map and not visible to all', c.oid::regclass, tid)
              FROM pg_class AS c, LATERAL pg_check_visible(c.oid) AS tid
             WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p'
             UNION ALL
            SELECT format('%s block %s: the visibility map calls it all visible and the page does not', c.oid::regclass,
                   page.blkno)
              FROM pg_class AS c, LATERAL pg_visibility(c.oid) AS page
             WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p'
               AND page.all_visible AND NOT page.pd_all_visible
            """);
        Assert.True(corrupt.Count == 0, $"database '{database}': {string.Join("; ", corrupt.Take(5))}");

        await DatabaseSession.ExecuteAsync(
            copy, database,
            """
            SELECT bt_index_check(c.oid, heapallindexed => true)
              FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS am ON am.oid = c.relam
             WHERE am.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p' AND i.indisvalid
            """);
    }

    static async Task ExpectAsync(TestCluster copy, string program, params string[] arguments)
    {
        var result = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(copy.Installation.BinaryFor(program), arguments), TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"{program}: {result.Output}\n{result.Errors}");
    }
}
