namespace TomoBackup.Cli.Demo;

/// <summary>Fills a new cluster with four kinds of data that applications keep: rows, vectors, JSON, a graph.</summary>
static class DemoContent
{
    /// <summary>Dimensions of an embedding.</summary>
    public const int Dimensions = 64;

    const string Tables =
        """
        CREATE EXTENSION vector;
        CREATE EXTENSION age;
        CREATE TABLE accounts (
            id bigint PRIMARY KEY, branch int NOT NULL, balance bigint NOT NULL, filler char(84) NOT NULL);
        CREATE TABLE embeddings (id bigint PRIMARY KEY, embedding vector(64) NOT NULL);
        CREATE TABLE documents (id bigint PRIMARY KEY, body jsonb NOT NULL);
        CREATE TABLE ledger (
            seq bigint PRIMARY KEY, note text NOT NULL, amount int NOT NULL,
            at timestamptz NOT NULL DEFAULT clock_timestamp());
        """;

    const string Accounts =
        """
        INSERT INTO accounts
        SELECT n, n % 10, (n * 7919 + $2) % 10000, '' FROM generate_series(1, $1) AS n
        """;

    // Components lie between -1 and 1 and so no vector near the origin, which the ledger's vectors surround: see
    // DemoCommit.Embedding.
    const string Embeddings =
        """
        INSERT INTO embeddings
        SELECT n, ARRAY(
                   SELECT ((hashint8extended(n * 64 + d, $2) & 1048575)::real / 524288 - 1)::real
                     FROM generate_series(1, 64) AS d)::vector(64)
          FROM generate_series(1, $1) AS n
        """;

    const string Documents =
        """
        INSERT INTO documents
        SELECT n, jsonb_build_object(
                   'origin', 'load', 'number', n, 'owner', n % 997,
                   'tags', jsonb_build_array('tag ' || n % 13, 'tag ' || n % 31),
                   'address', jsonb_build_object('city', 'city ' || n % 501, 'street', md5((n + $2)::text)),
                   'text', repeat(md5((n * 31 + $2)::text), 6))
          FROM generate_series(1, $1) AS n
        """;

    const string Graph =
        """
        SELECT 1 FROM create_graph('people');
        SELECT 1 FROM create_vlabel('people', 'Person');
        SELECT 1 FROM create_elabel('people', 'KNOWS');
        """;

    const string People =
        """
        SELECT count(*) FROM cypher('people', $$
            UNWIND range(0, $people - 1) AS n CREATE (:Person {number: n, name: 'person ' + toString(n)})
        $$, $1) AS (nothing agtype)
        """;

    // A MATCH for the ends of each edge would visit every pair.
    const string Knows =
        """
        WITH person AS (
            SELECT id, agtype_access_operator(properties, '"number"'::agtype)::bigint AS number FROM people."Person")
        INSERT INTO people."KNOWS" (start_id, end_id, properties)
        SELECT a.id, b.id, '{}'::agtype
          FROM person AS a CROSS JOIN (VALUES (1), (8), (29)) AS knows (ahead)
          JOIN person AS b ON b.number = (a.number + knows.ahead) % $1
         ORDER BY a.number, knows.ahead
        """;

    const string Indexes =
        """
        CREATE INDEX embeddings_hnsw ON embeddings USING hnsw (embedding vector_l2_ops);
        CREATE INDEX documents_body ON documents USING gin (body jsonb_path_ops);
        CREATE INDEX person_properties ON people."Person" USING gin (properties);
        CREATE INDEX knows_start ON people."KNOWS" (start_id);
        CREATE INDEX knows_end ON people."KNOWS" (end_id);
        VACUUM ANALYZE;
        """;

    const string Size = "SELECT sum(pg_database_size(oid))::bigint FROM pg_database";

    /// <summary>Makes tables, rows and indexes of a plan, and answers the bytes of all databases.</summary>
    public static async Task<long> LoadAsync(DemoSession session, DemoPlan plan, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(Tables, cancellationToken).ConfigureAwait(false);
        await FillAsync(Accounts, plan.Accounts).ConfigureAwait(false);
        await FillAsync(Embeddings, plan.Embeddings).ConfigureAwait(false);
        await FillAsync(Documents, plan.Documents).ConfigureAwait(false);

        await session.ExecuteAsync(Graph, cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync(
            People, cancellationToken, DemoSession.Literal($$"""{"people": {{plan.People}}}""")).ConfigureAwait(false);
        await session.ExecuteAsync(Knows, cancellationToken, DemoSession.Of(plan.People)).ConfigureAwait(false);

        foreach (var statement in Indexes.Split(';', StringSplitOptions.RemoveEmptyEntries))
            await session.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);

        return await session.SingleAsync<long>(Size, cancellationToken).ConfigureAwait(false);

        Task FillAsync(string sql, int rows)
            => session.ExecuteAsync(sql, cancellationToken, DemoSession.Of(rows), DemoSession.Of(plan.Seed));
    }
}
