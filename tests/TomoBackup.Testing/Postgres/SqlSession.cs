using Npgsql;

namespace TomoBackup.Testing.Postgres;

/// <summary>One statement on a connection of its own.</summary>
static class SqlSession
{
    public static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ScalarAsync<T>(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();

        return await reader.ReadAsync()
            ? await reader.GetFieldValueAsync<T>(0)
            : throw new InvalidOperationException($"no row: {sql}");
    }

    public static async Task<IReadOnlyList<object?[]>> QueryAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();

        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(value => value is DBNull ? null : value)]);
        }

        return rows;
    }
}
