using System.Data;
using Npgsql;
using TomoBackup.Postgres;
using TomoBackup.Testing.Postgres;
using Xunit;

namespace TomoBackup.Testing.Ledger;

/// <summary>
/// The client's own account of what was committed: the oracle of every recovery test. One row a transaction; writers
/// run side by side; every acknowledged commit is written down with its limits in WAL and in time. What the restored
/// cluster holds is compared with this, never with what the source says it held.
/// </summary>
public sealed class CommitLedger(TestCluster cluster)
{
    /// <summary>Apart enough for clocks of microseconds, and for a reader of logs.</summary>
    static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(5);

    readonly Lock _guard = new();
    readonly List<LedgerEntry> _entries = [];
    readonly LedgerGate _gate = new();
    long _sequence;

    /// <summary>A copy of the account so far, in the order of acknowledgement.</summary>
    public IReadOnlyList<LedgerEntry> Entries
    {
        get
        {
            lock (_guard)
                return [.. _entries];
        }
    }

    public Task CreateTableAsync()
        => cluster.ExecuteAsync(
            """
            CREATE TABLE ledger (
                seq bigint PRIMARY KEY, note text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())
            """);

    /// <summary>Commits this many rows, one after the other.</summary>
    public async Task WriteAsync(int count)
    {
        await using var connection = cluster.CreateConnection();
        await connection.OpenAsync();

        for (var n = 0; n < count; n++)
            await PassAsync(connection, CancellationToken.None);
    }

    /// <summary>Commits rows with several writers until it is cancelled, and then returns. A server that goes away is
    /// the end of its writers, not of the test; what they had asked for stays in doubt.</summary>
    public Task KeepWritingAsync(int writers, TimeSpan pause, CancellationToken cancellationToken)
        => Task.WhenAll(Enumerable.Range(0, writers).Select(_ => KeepWritingAsync(pause, cancellationToken)));

    /// <summary>Lets running commits end, holds new ones back, commits one row alone, and marks the quiet moment behind
    /// it.</summary>
    public async Task<LedgerMoment> MarkAsync()
    {
        await using var connection = cluster.CreateConnection();
        await connection.OpenAsync();
        using var quiet = await _gate.CloseAsync();

        // The order of commits side by side is not known here: only a commit alone is surely the last.
        var last = await CommitAsync(connection);
        await Task.Delay(Margin);
        var lsn = Lsn.Parse(await cluster.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text"));
        var time = DateTimeOffset.UtcNow;
        await Task.Delay(Margin);

        return new LedgerMoment(Entries.Count(static entry => entry.IsAcknowledged), lsn, time, last.Transaction);
    }

    /// <summary>Everything acknowledged so far.</summary>
    public LedgerExpectation Everything => Expect(static _ => true, static _ => true);

    /// <summary>Exactly what stood at a marked moment.</summary>
    public LedgerExpectation At(LedgerMoment moment)
        => Expect(
            entry => entry.Acknowledged <= moment.Time, entry => !entry.IsAcknowledged && entry.Asked <= moment.Time);

    /// <summary>What a restore to any position must hold.</summary>
    public LedgerExpectation At(Lsn target)
        => Expect(entry => entry.After <= target, entry => entry.Before <= target);

    /// <summary>What a restore to any time, inclusive, must hold.</summary>
    public LedgerExpectation At(DateTimeOffset target)
        => Expect(entry => entry.Acknowledged <= target, entry => entry.Asked <= target);

    /// <summary>Fails where the cluster does not hold what it has to.</summary>
    public static async Task VerifyAsync(TestCluster restored, LedgerExpectation expected)
    {
        var difference = expected.Compare(await ReadAsync(restored));
        Assert.True(difference.IsNone, $"ledger of '{restored.DataDirectory}': {difference}");
    }

    /// <summary>The rows that a cluster holds, read from the table itself and not from an index.</summary>
    public static async Task<IReadOnlyDictionary<long, string>> ReadAsync(TestCluster restored)
        => (await restored.QueryAsync("SELECT seq, note FROM ledger")).ToDictionary(
            static row => (long)row[0]!, static row => (string)row[1]!);

    LedgerExpectation Expect(Func<LedgerEntry, bool> must, Func<LedgerEntry, bool> may)
    {
        var entries = Entries;
        var due = entries.Where(entry => entry.IsAcknowledged && must(entry)).ToHashSet();
        return new LedgerExpectation(due, [.. entries.Where(entry => !due.Contains(entry) && may(entry))]);
    }

    async Task KeepWritingAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = cluster.CreateConnection();
            await connection.OpenAsync(cancellationToken);

            while (connection.State == ConnectionState.Open)
            {
                await PassAsync(connection, cancellationToken);
                await Task.Delay(pause, cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NpgsqlException)
        {
            // Stopped by the test, or by the crash that the test makes.
        }
    }

    async Task PassAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var passage = await _gate.EnterAsync(cancellationToken);
        await CommitAsync(connection);
    }

    async Task<LedgerEntry> CommitAsync(NpgsqlConnection connection)
    {
        var begun = await LedgerTransaction.BeginAsync(connection, Interlocked.Increment(ref _sequence));

        // Written down before it is asked for: a lost acknowledgement must leave an entry in doubt, not none.
        lock (_guard)
            _entries.Add(begun.Entry);

        var entry = await begun.CommitAsync(connection);

        lock (_guard)
        {
            _entries.Remove(begun.Entry);
            _entries.Add(entry);
        }

        return entry;
    }
}
