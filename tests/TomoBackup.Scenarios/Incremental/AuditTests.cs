using TomoBackup.Scenarios.MainJob;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>The cross-check of an incremental backup with the cluster.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task An_audit_passes_under_writers_and_finds_a_page_that_changed_behind_postgresqls_back()
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(18, summarize: true));
        var cluster = production.Cluster;
        await cluster.ExecuteAsync(
            "CREATE TABLE load AS SELECT i AS id, repeat(md5(i::text), 8) AS text FROM generate_series(1, 20000) AS i");
        await cluster.ExecuteAsync("VACUUM FREEZE load");
        await cluster.ExecuteAsync("CHECKPOINT");
        await production.BackupAsync();
        using var enough = new CancellationTokenSource();
        var writing = production.Ledger.KeepWritingAsync(writers: 2, TimeSpan.FromMilliseconds(2), enough.Token);
        await cluster.ExecuteAsync("UPDATE load SET text = 'changed' WHERE id % 97 = 0");

        var passed = await production.Tool.ExpectAsync(0, "backup", "--incremental", "--audit");
        await enough.CancelAsync();
        await writing;
        Assert.Contains(
            "pages were compared with the cluster and none differs", passed.Output, StringComparison.Ordinal);

        var path = await cluster.ScalarAsync<string>("SELECT pg_relation_filepath('load')");
        await cluster.StopAsync();
        Overwrite($"{cluster.DataDirectory}/{path}", block: 11);
        await cluster.StartAsync();

        var found = await production.Tool.ExpectAsync(3, "backup", "--incremental", "--audit");
        Assert.Contains($"'{path}' block 11", found.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await production.Tool.ExpectAsync(0, "list")).Output.Split("good").Length - 1);
    }

    /// <summary>A byte of a row is changed, and the checksum fitted: a page that WAL does not know of.</summary>
    static void Overwrite(string path, uint block)
    {
        const int Bytes = TomoBackup.Postgres.Pages.Page.DefaultBytes;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var page = new byte[Bytes];
        file.Position = block * Bytes;
        file.ReadExactly(page);
        page[^3] ^= 1;
        var checksum = TomoBackup.Postgres.Pages.PageChecksum.Compute(page, block);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(8), checksum);
        file.Position = block * Bytes;
        file.Write(page);
    }
}
