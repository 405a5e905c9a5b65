using System.Globalization;
using TomoBackup.Testing.Postgres;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>What stands in a cluster while nobody writes: of each logged table of each database the number of its rows
/// and a sum over hashes of all of them; of each sequence what it has given out.</summary>
/// <param name="Tables">By database and name.</param>
/// <param name="Sequences">By database and name.</param>
sealed record ClusterContent(
    IReadOnlyDictionary<string, string> Tables, IReadOnlyDictionary<string, long> Sequences)
{
    public const string Databases = "SELECT datname::text FROM pg_database WHERE datallowconn ORDER BY datname";

    /// <summary>query_to_xml runs a query whose table is known only while it runs.</summary>
    const string TablesOf =
        """
        SELECT format('%s.%s: ', n.nspname, c.relname) || (xpath('/row/a/text()', query_to_xml(format(
                'SELECT count(*) || '' rows '' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) AS a
                   FROM %s AS t', c.oid::regclass), false, true, '')))[1]
          FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p'
           AND n.nspname NOT IN ('pg_catalog', 'information_schema')
         ORDER BY 1
        """;

    const string SequencesOf =
        """
        SELECT format('%s.%s: %s', schemaname, sequencename, coalesce(last_value, 0)) FROM pg_sequences ORDER BY 1
        """;

    public static async Task<ClusterContent> ReadAsync(TestCluster cluster)
    {
        var (tables, sequences) = (new Dictionary<string, string>(), new Dictionary<string, long>());

        foreach (var database in await DatabaseSession.ColumnAsync<string>(cluster, "postgres", Databases))
        {
            // Its own existence counts, whatever it holds.
            tables[database] = "a database";

            foreach (var line in await DatabaseSession.ColumnAsync<string>(cluster, database, TablesOf))
                tables[$"{database} {line.Split(": ")[0]}"] = line.Split(": ")[1];

            foreach (var line in await DatabaseSession.ColumnAsync<string>(cluster, database, SequencesOf))
                sequences[$"{database} {line.Split(": ")[0]}"] =
                    long.Parse(line.Split(": ")[1], CultureInfo.InvariantCulture);
        }

        return new ClusterContent(tables, sequences);
    }

    /// <summary>The same tables with the same rows; sequences that never give a number a second time: after a recovery
    /// they go on behind what they had noted ahead (SEQ_LOG_VALS, 32).</summary>
    public void MustBe(ClusterContent expected, string where)
    {
        string[] differences =
        [
            .. expected.Tables.Where(table => Tables.GetValueOrDefault(table.Key) != table.Value)
                .Select(table => $"{table.Key}: {Tables.GetValueOrDefault(table.Key) ?? "missing"}, not {table.Value}"),
            .. Tables.Keys.Except(expected.Tables.Keys).Select(table => $"{table}: too many"),
            .. expected.Sequences
                .Where(s => Sequences.TryGetValue(s.Key, out var value) is false
                    || value < s.Value || value > s.Value + 33)
                .Select(s => $"{s.Key}: gave out {Sequences.GetValueOrDefault(s.Key)}, not {s.Value}"),
        ];

        Assert.True(differences.Length == 0, $"{where}: {string.Join("; ", differences.Take(8))}");
    }
}
