using Npgsql;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>Statements in any database of a cluster.</summary>
static class DatabaseSession
{
    const int Patience = 120;

    /// <summary>A connection that the caller closes.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(TestCluster cluster, string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = cluster.SocketDirectory,
            Username = Environment.UserName,
            Database = database,
            Pooling = false,
            CommandTimeout = Patience,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public static async Task ExecuteAsync(TestCluster cluster, string database, string sql)
    {
        await using var connection = await OpenAsync(cluster, database);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of all rows.</summary>
    public static async Task<IReadOnlyList<T>> ColumnAsync<T>(TestCluster cluster, string database, string sql)
    {
        await using var connection = await OpenAsync(cluster, database);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<T>();

        while (await reader.ReadAsync())
            values.Add(await reader.GetFieldValueAsync<T>(0));

        return values;
    }
}
