using TomoBackup.Postgres.Server;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>What happens to a cluster between backups: one random step after the other, each possible as things
/// stand.</summary>
sealed class HistorySteps(TestCluster cluster, HistoryWriter? writer, Random random)
{
    const string Home = "postgres";
    const int LogWidth = 150;
    const int MostTables = 6;
    const int MostDatabases = 2;

    static readonly string[] IndexKinds =
        ["btree (grp)", "btree (note, grp)", "hash (grp)", "brin (id)", "gin (words)", "gist (spot)"];

    readonly List<string> _tables = [];
    readonly List<string> _indexes = [];
    readonly List<string> _databases = [];
    readonly Dictionary<string, int> _rows = [];
    int _named;
    bool _hasTablespace;
    bool _isLogged;

    /// <summary>What was done, for the message of a failed test.</summary>
    public List<string> Log { get; } = [];

    /// <summary>What a history begins with; its tablespace lies outside the data directory.</summary>
    public async Task PrepareAsync(string tablespace)
    {
        await cluster.AddTablespaceAsync("outside", tablespace);
        await HistoryWriter.PrepareAsync(cluster);
        await cluster.ExecuteAsync(
            """
            CREATE SEQUENCE numbers;
            CREATE UNLOGGED TABLE passing (id int PRIMARY KEY, note text);
            CREATE TABLE parted (id int, note text) PARTITION BY RANGE (id);
            CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (5000);
            CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (5000) TO (10000);
            CREATE INDEX parted_note ON parted (note);
            """);

        for (var i = 0; i < 3; i++)
        {
            await CreateTableAsync();
            await InsertAsync(_tables[^1], 3_000);
        }
    }

    /// <summary>Takes one.</summary>
    public Task StepAsync()
    {
        var table = Pick(_tables);

        return random.Next(34) switch
        {
            0 or 1 or 2 => InsertAsync(table, random.Next(100, 2_500)),
            3 => Do($"UPDATE {table} SET other = other + 1 WHERE id % {random.Next(2, 60)} = 0"),
            4 => Do($"UPDATE {table} SET grp = grp + 1, note = note || 'u' WHERE id % {random.Next(2, 60)} = 1"),
            5 => Do($"UPDATE {table} SET big = {Big(random.Next())} WHERE id % {random.Next(40, 200)} = 0"),
            6 or 7 => Do($"DELETE FROM {table} WHERE id > {random.Next(50, 2_500)}"),
            8 => Do($"DELETE FROM {table} WHERE id % {random.Next(2, 9)} = 0"),
            9 => Do($"TRUNCATE {table}"),
            10 or 11 or 12 => Do($"VACUUM {table}"),
            13 => Do($"VACUUM (FREEZE) {table}"),
            14 => Do($"VACUUM (FULL) {table}"),
            15 => Do($"CLUSTER {table} USING {table}_pkey"),
            16 or 17 or 18 => CopyAsync(table, random.Next(50, 2_000)),
            19 => _tables.Count < MostTables ? CreateTableAsync() : DropTableAsync(),
            20 => CreateIndexAsync(table),
            21 => _indexes.Count == 0 ? Do($"REINDEX TABLE {table}") : Do($"REINDEX INDEX {Pick(_indexes)}"),
            22 => Do($"SELECT nextval('numbers') FROM generate_series(1, {random.Next(1, 90)})"),
            23 => PartitionAsync(),
            24 => Do("CREATE TEMP TABLE scratch AS SELECT generate_series(1, 2000) AS n"),
            25 => UnloggedAsync(),
            26 => _databases.Count < MostDatabases ? CreateDatabaseAsync() : DropDatabaseAsync(),
            27 => MoveDatabaseAsync(),
            28 => Do($"ALTER TABLE {table} SET TABLESPACE {Space()}"),
            29 => Do($"BEGIN; DELETE FROM {table}; INSERT INTO {table} (id) VALUES (-1); ROLLBACK"),
            30 => Do("CHECKPOINT"),
            31 => Do("SELECT pg_switch_wal()"),
            32 => _hasTablespace ? Do("VACUUM") : CreateTablespaceAsync(),
            _ => RestartAsync(random.Next(2) == 0),
        };
    }

    async Task Do(string sql, string database = Home)
    {
        var words = string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Log.Add($"{database}: {(words.Length > LogWidth ? words[..LogWidth] + "…" : words)}");
        await DatabaseSession.ExecuteAsync(cluster, database, sql);
    }

    async Task CreateTableAsync()
    {
        var name = $"t{++_named}";
        _tables.Add(name);
        await Do(
            $$"""
            CREATE TABLE {{name}} (id int PRIMARY KEY, grp int DEFAULT 0, other int DEFAULT 0, note text,
                big text, words int[] DEFAULT '{1,2}', spot point DEFAULT '(1,2)')
            """);
        await CreateIndexAsync(name);
    }

    async Task DropTableAsync()
    {
        var table = Pick(_tables);
        _tables.Remove(table);
        _indexes.RemoveAll(index => index.StartsWith($"{table}_", StringComparison.Ordinal));
        await Do($"DROP TABLE {table}");
    }

    /// <summary>An index on several kinds of access; one of each kind at most.</summary>
    async Task CreateIndexAsync(string table)
    {
        var kind = random.Next(IndexKinds.Length);
        var name = $"{table}_i{kind}";

        if (_indexes.Contains(name))
            await Do($"REINDEX INDEX {name}");
        else
        {
            _indexes.Add(name);
            await Do($"CREATE INDEX {name} ON {table} USING {IndexKinds[kind]}");
        }
    }

    Task InsertAsync(string table, int rows)
    {
        var first = _rows[table] = _rows.GetValueOrDefault(table) + rows;
        return Do(
            $"""
            INSERT INTO {table} (id, grp, note, big, words, spot)
            SELECT i, i % 50, repeat('x', i % 190), CASE WHEN i % 150 = 0 THEN {Big(first)} END, ARRAY[i % 40, i % 7],
                   point(i % 90, i % 70)
              FROM generate_series({first - rows + 1}, {first}) AS i
            ON CONFLICT DO NOTHING
            """);
    }

    /// <summary>COPY adds blocks in bulk, and WAL names only those that it fills (facts §6.3).</summary>
    Task CopyAsync(string table, int rows)
    {
        var last = _rows[table] = _rows.GetValueOrDefault(table) + rows;
        return Do(
            $"COPY {table} (id, note) FROM PROGRAM 'seq {last - rows + 1} {last} | sed \"s/$/\\t"
            + new string('y', random.Next(10, 180)) + "/\"'");
    }

    /// <summary>Text that does not compress and so is kept apart from its row.</summary>
    static string Big(int salt)
        => $"(SELECT string_agg(md5((n + {salt % 1000})::text), '') FROM generate_series(1, 120) AS n)";

    Task PartitionAsync()
        => Do(random.Next(4) switch
        {
            0 => "TRUNCATE parted_low",
            1 => $"DELETE FROM parted WHERE id % {random.Next(2, 9)} = 0; UPDATE parted SET id = 9999 - id",
            _ => $"""
                INSERT INTO parted SELECT i, repeat('p', i % 99) FROM generate_series({random.Next(9_000)}, 9999) AS i
                """,
        });

    async Task UnloggedAsync()
    {
        if (random.Next(3) == 0)
        {
            _isLogged = !_isLogged;
            await Do($"ALTER TABLE passing SET {(_isLogged ? "LOGGED" : "UNLOGGED")}");
        }
        else
            await Do("INSERT INTO passing SELECT i, 'p' FROM generate_series(1, 900) AS i ON CONFLICT DO NOTHING");
    }

    async Task CreateDatabaseAsync()
    {
        var name = $"d{++_named}";
        var source = _databases.Count > 0 && random.Next(2) == 0 ? Pick(_databases) : "template1";
        var strategy = random.Next(2) == 0 ? "file_copy" : "wal_log";
        _databases.Add(name);
        await Do($"CREATE DATABASE {name} TEMPLATE {source} STRATEGY {strategy}");
        await Do(
            $"CREATE TABLE own_{name} AS SELECT i AS id, repeat('d', 90) AS note FROM generate_series(1, 900) AS i",
            name);
        await Do($"CREATE INDEX ON own_{name} (id)", name);
    }

    async Task DropDatabaseAsync()
    {
        var name = Pick(_databases);
        _databases.Remove(name);
        await Do($"DROP DATABASE {name}");
    }

    async Task MoveDatabaseAsync()
    {
        if (_databases.Count == 0)
            await CreateDatabaseAsync();

        var name = Pick(_databases);
        await Do($"INSERT INTO own_{name} SELECT i, 'm' FROM generate_series(1, 200) AS i", name);
        await Do($"ALTER DATABASE {name} SET TABLESPACE {Space()}");
        await Do($"DELETE FROM own_{name} WHERE id % 5 = 0", name);
    }

    /// <summary>Within the data directory: one outside it would be production's own in a copy on the same
    /// machine.</summary>
    async Task CreateTablespaceAsync()
    {
        _hasTablespace = true;
        await Do("CREATE TABLESPACE inside LOCATION ''");
    }

    string Space()
        => random.Next(3) switch
        {
            0 => "pg_default",
            1 when _hasTablespace => "inside",
            _ => "outside",
        };

    async Task RestartAsync(bool kill)
    {
        Log.Add(kill ? "kill -9, start" : "stop, start");

        if (writer is not null)
            await writer.StopAsync();

        if (kill)
            await cluster.KillAsync();
        else
            await cluster.StopAsync(ShutdownMode.Fast);

        await cluster.StartAsync();
        writer?.Start();
    }

    string Pick(List<string> names) => names[random.Next(names.Count)];
}
