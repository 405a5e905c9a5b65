using System.Globalization;

namespace TomoBackup.Cli.Demo;

/// <summary>Reads <see cref="DemoState"/>. Only reads, so that a cluster held read-only at its target can be asked; the
/// session's planner settings are put back.</summary>
static class DemoStateReader
{
    const string ThroughTables = "SET enable_indexscan = off; SET enable_indexonlyscan = off; "
        + "SET enable_bitmapscan = off; RESET enable_seqscan";

    // 1000 is the most that pgvector takes, and a quarter of the vectors: with it the search is as good as exact.
    const string ThroughIndexes = "RESET enable_indexscan; RESET enable_indexonlyscan; RESET enable_bitmapscan; "
        + "SET enable_seqscan = off; SET hnsw.ef_search = 1000";

    const string AsTheyWere = "RESET enable_indexscan; RESET enable_indexonlyscan; RESET enable_bitmapscan; "
        + "RESET enable_seqscan; RESET hnsw.ef_search";

    const string Ledger = "SELECT seq, note, amount FROM ledger";

    const string LedgerByKey = "SELECT count(*) FROM ledger WHERE seq > 0";

    const string Documents =
        """
        SELECT (body->>'seq')::bigint FROM documents WHERE body @> '{"origin": "ledger"}' ORDER BY 1
        """;

    const string Nearest =
        """
        SELECT id FROM embeddings
         ORDER BY embedding <-> array_fill(0::real, ARRAY[64])::vector(64)
         LIMIT 10
        """;

    const string Match =
        """
        SELECT a::bigint, c::bigint FROM cypher('people', $$
            MATCH (a:Person)-[:KNOWS]->(:Person)-[:KNOWS]->(c:Person)
            WHERE a.number >= 1000000000
            RETURN a.number, c.number
        $$) AS (a agtype, c agtype)
        """;

    const string Vertices =
        """
        SELECT n::bigint FROM cypher('people', $$ MATCH (a) RETURN count(a) $$) AS (n agtype)
        """;

    const string Edges =
        """
        SELECT n::bigint FROM cypher('people', $$ MATCH ()-[e]->() RETURN count(e) $$) AS (n agtype)
        """;

    const string Figures =
        """
        SELECT (SELECT count(*) FROM accounts)::text, (SELECT sum(balance) FROM accounts)::text,
               (SELECT count(*) FROM embeddings)::text, (SELECT count(*) FROM documents)::text
        """;

    const string Fingerprints =
        """
        SELECT 'accounts', sum(hashtextextended(t::text, 0))::text FROM accounts AS t
         UNION ALL SELECT 'embeddings', sum(hashtextextended(t::text, 0))::text FROM embeddings AS t
         UNION ALL SELECT 'documents', sum(hashtextextended(t::text, 0))::text FROM documents AS t
         UNION ALL SELECT 'ledger', sum(hashtextextended(t::text, 0))::text FROM ledger AS t
         UNION ALL SELECT 'people', sum(hashtextextended(t::text, 0))::text FROM people."Person" AS t
         UNION ALL SELECT 'acquaintances', sum(hashtextextended(t::text, 0))::text FROM people."KNOWS" AS t
        """;

    /// <summary>Those that the questions above must go through.</summary>
    public const string Indexes = "documents_body, embeddings_hnsw, ledger_pkey";

    /// <summary>Reads everything; about a second for a million accounts.</summary>
    public static async Task<DemoState> ReadAsync(DemoSession session, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(ThroughTables, cancellationToken).ConfigureAwait(false);
        var ledger = await session.QueryAsync(
            Ledger,
            static row => KeyValuePair.Create(row.GetInt64(0), new DemoEntry(row.GetString(1), row.GetInt32(2))),
            cancellationToken).ConfigureAwait(false);
        var scanned = await NearestAsync(session, cancellationToken).ConfigureAwait(false);
        var figures = await FiguresAsync(session, cancellationToken).ConfigureAwait(false);

        await session.ExecuteAsync(ThroughIndexes, cancellationToken).ConfigureAwait(false);
        figures[DemoFigure.LedgerByKey] = Text(
            await session.SingleAsync<long>(LedgerByKey, cancellationToken).ConfigureAwait(false));
        figures[DemoFigure.IndexesUsed] = await IndexesAsync(session, cancellationToken).ConfigureAwait(false);
        var documents = await session.QueryAsync(Documents, static row => row.GetInt64(0), cancellationToken)
            .ConfigureAwait(false);
        var found = await NearestAsync(session, cancellationToken).ConfigureAwait(false);

        await session.ExecuteAsync(AsTheyWere, cancellationToken).ConfigureAwait(false);
        figures[DemoFigure.Vertices] = Text(
            await session.SingleAsync<long>(Vertices, cancellationToken).ConfigureAwait(false));
        figures[DemoFigure.Edges] = Text(
            await session.SingleAsync<long>(Edges, cancellationToken).ConfigureAwait(false));
        var match = await session.QueryAsync(
            Match, static row => DemoExpectation.Answer(row.GetInt64(0), row.GetInt64(1)), cancellationToken)
            .ConfigureAwait(false);

        return new DemoState
        {
            Ledger = ledger.ToDictionary(),
            Figures = figures,
            Documents = documents,
            Match = [.. match.Order(StringComparer.Ordinal)],
            NearestByScan = scanned,
            NearestByIndex = found,
        };
    }

    static Task<IReadOnlyList<long>> NearestAsync(DemoSession session, CancellationToken cancellationToken)
        => session.QueryAsync(Nearest, static row => row.GetInt64(0), cancellationToken);

    static async Task<Dictionary<string, string>> FiguresAsync(
        DemoSession session, CancellationToken cancellationToken)
    {
        var (accounts, balance, embeddings, documents) = (await session.QueryAsync(
            Figures,
            static row => (row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)),
            cancellationToken).ConfigureAwait(false)).Single();
        var figures = new Dictionary<string, string>
        {
            [DemoFigure.Accounts] = accounts,
            [DemoFigure.Balance] = balance,
            [DemoFigure.Embeddings] = embeddings,
            [DemoFigure.Documents] = documents,
        };

        foreach (var (table, sum) in await session.QueryAsync(
            Fingerprints,
            static row => (row.GetString(0), row.IsDBNull(1) ? "none" : row.GetString(1)),
            cancellationToken).ConfigureAwait(false))
            figures[DemoFigure.Fingerprint(table)] = sum;

        return figures;
    }

    static async Task<string> IndexesAsync(DemoSession session, CancellationToken cancellationToken)
    {
        var plans = new List<string>();

        foreach (var query in new[] { Documents, Nearest, LedgerByKey })
            plans.AddRange(await session.QueryAsync(
                $"EXPLAIN {query}", static row => row.GetString(0), cancellationToken).ConfigureAwait(false));

        return string.Join(", ", Indexes.Split(", ").Where(
            index => plans.Exists(line => line.Contains($" {index} ", StringComparison.Ordinal)
                || line.EndsWith($" on {index}", StringComparison.Ordinal)
                || line.Contains($" on {index} ", StringComparison.Ordinal))));
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
