using Npgsql;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>Somebody who moves money between accounts all the time; their sum never changes. Stopped before anybody
/// looks, and before the server is.</summary>
sealed class HistoryWriter(TestCluster cluster, int seed) : IAsyncDisposable
{
    const int Accounts = 2_000;
    CancellationTokenSource? _stop;
    Task _writing = Task.CompletedTask;
    int _runs;

    public static Task PrepareAsync(TestCluster cluster)
        => cluster.ExecuteAsync(
            $"""
            CREATE TABLE accounts (id int PRIMARY KEY, balance bigint, note text);
            CREATE INDEX accounts_balance ON accounts (balance);
            INSERT INTO accounts SELECT i, 100, repeat('a', 40) FROM generate_series(1, {Accounts}) AS i;
            """);

    /// <summary>What must hold in every copy, whichever moment it shows.</summary>
    public static async Task ExpectAllMoneyAsync(TestCluster copy)
        => Assert.Equal(
            100L * Accounts, await copy.ScalarAsync<long>("SELECT coalesce(sum(balance), 0)::bigint FROM accounts"));

    public void Start()
    {
        _stop = new CancellationTokenSource();
        _writing = WriteAsync(new Random(seed + ++_runs), _stop.Token);
    }

    public async Task StopAsync()
    {
        if (_stop is null)
            return;

        await _stop.CancelAsync();
        await _writing;
        _stop.Dispose();
        _stop = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    async Task WriteAsync(Random random, CancellationToken stop)
    {
        await using var connection = await DatabaseSession.OpenAsync(cluster, "postgres");

        while (!stop.IsCancellationRequested)
        {
            var (from, to, amount) = (random.Next(1, Accounts), random.Next(1, Accounts), random.Next(1, 50));
            await using var command = new NpgsqlCommand(
                $"""
                UPDATE accounts SET balance = balance + CASE WHEN id = {from} THEN -{amount} ELSE {amount} END,
                    note = left(note || 'b', 60)
                 WHERE id IN ({from}, {to}) AND {from} <> {to}
                """,
                connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
            await Task.Delay(1, CancellationToken.None);
        }
    }
}
