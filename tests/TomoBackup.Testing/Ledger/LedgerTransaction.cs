using System.Data;
using System.Globalization;
using Npgsql;
using TomoBackup.Postgres;

namespace TomoBackup.Testing.Ledger;

/// <summary>One row in one transaction, up to its commit and through it.</summary>
sealed class LedgerTransaction(NpgsqlTransaction transaction, LedgerEntry entry)
{
    /// <summary>The entry while its commit is in doubt.</summary>
    public LedgerEntry Entry => entry;

    public static async Task<LedgerTransaction> BeginAsync(NpgsqlConnection connection, long sequence)
    {
        var transaction = await connection.BeginTransactionAsync();
        var note = NoteOf(sequence);
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO ledger (seq, note) VALUES ($1, $2)
            RETURNING pg_current_xact_id()::text, pg_current_wal_insert_lsn()::text
            """,
            connection,
            transaction);
        insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sequence });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = note });

        await using var row = await insert.ExecuteReaderAsync();
        await row.ReadAsync();
        var xid = unchecked((uint)ulong.Parse(row.GetString(0), CultureInfo.InvariantCulture));

        return new LedgerTransaction(
            transaction,
            new LedgerEntry(
                sequence,
                note,
                xid,
                Lsn.Parse(row.GetString(1)),
                DateTimeOffset.UtcNow,
                Acknowledged: null,
                After: null));
    }

    public async Task<LedgerEntry> CommitAsync(NpgsqlConnection connection)
    {
        await transaction.CommitAsync();
        var acknowledged = entry with { Acknowledged = DateTimeOffset.UtcNow };

        try
        {
            await transaction.DisposeAsync();
            await using var position = new NpgsqlCommand("SELECT pg_current_wal_insert_lsn()::text", connection);
            return acknowledged with { After = Lsn.Parse((string)(await position.ExecuteScalarAsync())!) };
        }
        catch (Exception) when (connection.State != ConnectionState.Open)
        {
            // The server died behind its promise; the promise still counts.
            return acknowledged;
        }
    }

    /// <summary>Of varying length, so that rows do not align with pages.</summary>
    static string NoteOf(long sequence)
        => $"row {sequence} {new string((char)('a' + (sequence % 26)), (int)(sequence * 7919 % 400))}";
}
