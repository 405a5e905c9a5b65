using TomoBackup.Postgres.Server;
using TomoBackup.Scenarios.Incremental;
using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>The day when our program is not at hand: docs/format/reader.py reads what it wrote.</summary>
public sealed class ReaderTests
{
    [Fact]
    public async Task The_reader_lists_verifies_and_restores_the_repository_without_our_program()
    {
        await using var production = await ProtectedCluster.StartAsync();
        using var enough = new CancellationTokenSource();
        var writing = production.Ledger.KeepWritingAsync(writers: 2, TimeSpan.FromMilliseconds(2), enough.Token);
        var backup = await production.BackupAsync();
        await production.Ledger.WriteAsync(10);
        await enough.CancelAsync();
        await writing;
        await production.ArchiveAsync();
        var copy = await production.PlaceAsync("copy");

        Assert.Contains(backup.Id, await ReadAsync(production, "list"), StringComparison.Ordinal);
        Assert.EndsWith("\n0 faults\n", "\n" + await ReadAsync(production, "verify"), StringComparison.Ordinal);
        await ReadAsync(production, "restore", "--into", copy.DataDirectory);

        File.SetUnixFileMode(
            copy.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await copy.StartAsync();
        await copy.WaitUntilPromotedAsync();
        await CommitLedger.VerifyAsync(copy, production.Ledger.At(backup.StopLsn));
    }

    [Fact]
    public async Task The_reader_verifies_and_restores_an_incremental_backup_of_a_chain()
    {
        await using var production = await ProtectedCluster.StartAsync(IncrementalCluster.Options(18, summarize: true));
        await production.Cluster.ExecuteAsync(
            "CREATE TABLE load AS SELECT i AS id, repeat(md5(i::text), 8) AS text FROM generate_series(1, 20000) AS i");
        await production.BackupAsync();
        var backup = await production.IncrementAsync();

        for (var n = 0; n < 3; n++)
        {
            await production.Ledger.WriteAsync(20);
            await production.Cluster.ExecuteAsync($"UPDATE load SET text = 'changed' WHERE id % 997 = {n}");
            backup = await production.IncrementAsync();
        }

        var copy = await production.PlaceAsync("copy");
        Assert.EndsWith("\n0 faults\n", "\n" + await ReadAsync(production, "verify"), StringComparison.Ordinal);
        await ReadAsync(production, "restore", "--backup", backup.Id, "--into", copy.DataDirectory);
        await copy.StartAsync();
        await copy.WaitUntilPromotedAsync();

        await CommitLedger.VerifyAsync(copy, production.Ledger.At(backup.StopLsn));
        const string Digest = "SELECT md5(string_agg(id || text, ',' ORDER BY id)) FROM load";
        Assert.Equal(
            await production.Cluster.ScalarAsync<string>(Digest), await copy.ScalarAsync<string>(Digest));
        await IncrementalCluster.ExpectSoundAsync(copy);
    }

    /// <summary>With the escrow sheet: on such a day nothing else may be left.</summary>
    static async Task<string> ReadAsync(ProtectedCluster production, string command, params string[] more)
    {
        var result = await ProcessRunner.Instance.RunAsync(
            new ProcessRequest(
                "/usr/bin/python3", [Reader, command, production.Policy.Repository, "--identity",
                production.EscrowSheet, .. more]),
            TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"reader.py {command}: {result.Output}\n{result.Errors}");
        return result.Output;
    }

    static string Reader
        => Path.Combine(
            Environment.GetEnvironmentVariable("TOMO_BACKUP_SOURCE")
                ?? throw new InvalidOperationException("name the source tree in TOMO_BACKUP_SOURCE, as ./test does"),
            "docs/format/reader.py");
}
