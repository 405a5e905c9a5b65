using TomoBackup.Testing.Ledger;

namespace TomoBackup.Scenarios.MainJob;

/// <summary>
/// A production with two backups, both taken while writers run, and moments between, in and behind them, over several
/// segments, all archived. Restores read it and change nothing.
/// </summary>
public sealed class TwoBackups : IAsyncLifetime
{
    internal ProtectedCluster Production { get; private set; } = null!;

    internal TakenBackup First { get; private set; } = null!;

    internal TakenBackup Second { get; private set; } = null!;

    internal DateTimeOffset BeforeAll { get; private set; }

    internal LedgerMoment Between { get; private set; } = null!;

    internal LedgerMoment During { get; private set; } = null!;

    internal LedgerMoment Behind { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Production = await ProtectedCluster.StartAsync();
        var ledger = Production.Ledger;
        BeforeAll = (await ledger.MarkAsync()).Time;

        using var enough = new CancellationTokenSource();
        var writing = ledger.KeepWritingAsync(writers: 2, TimeSpan.FromMilliseconds(2), enough.Token);
        First = await Production.BackupAsync();
        await ledger.WriteAsync(20);
        Between = await ledger.MarkAsync();
        await ledger.WriteAsync(20);

        var second = Production.BackupAsync();
        await ProtectedCluster.WaitUntilAsync(IsCopying, "the second backup began");
        During = await ledger.MarkAsync();
        Second = await second;

        await Production.WriteSegmentsAsync(2, rows: 20);
        await ledger.WriteAsync(10);
        Behind = await ledger.MarkAsync();
        await Production.WriteSegmentsAsync(2, rows: 20);
        await enough.CancelAsync();
        await writing;
        await Production.ArchiveAsync();
        // Restores of a moment do not need it, and two cores are few.
        await Production.Cluster.StopAsync();
    }

    public ValueTask DisposeAsync() => Production.DisposeAsync();

    bool IsCopying()
        => Production.Cluster
            .ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tomo-backup'")
            .GetAwaiter().GetResult() > 0;
}
