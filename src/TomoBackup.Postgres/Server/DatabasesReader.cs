namespace TomoBackup.Postgres.Server;

/// <summary>Reads <see cref="DatabaseFacts"/>: one query for all, one short session for each that lets us in.</summary>
sealed class DatabasesReader(ServerSession session)
{
    const string Databases =
        """
        SELECT oid::bigint, datname::text, pg_catalog.pg_encoding_to_char(encoding)::text, datistemplate, datallowconn,
               datlocprovider::text, datcollversion, pg_catalog.pg_database_collation_actual_version(oid)
          FROM pg_catalog.pg_database
         ORDER BY oid
        """;

    const string Extensions = "SELECT extname::text, extversion FROM pg_catalog.pg_extension ORDER BY extname";

    const string Collations =
        """
        SELECT DISTINCT collprovider::text, collversion, pg_catalog.pg_collation_actual_version(oid)
          FROM pg_catalog.pg_collation
         WHERE collversion IS NOT NULL
         ORDER BY 1, 2, 3
        """;

    public async Task<IReadOnlyList<DatabaseFacts>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            "list the databases",
            Databases,
            static row => (Facts: Bare(row), AllowsConnections: row.GetBoolean(4)),
            cancellationToken).ConfigureAwait(false);

        var databases = new List<DatabaseFacts>(rows.Count);

        foreach (var (facts, allowsConnections) in rows)
            databases.Add(allowsConnections
                ? await LookIntoAsync(facts, cancellationToken).ConfigureAwait(false)
                : facts);

        return databases;
    }

    static DatabaseFacts Bare(Npgsql.NpgsqlDataReader row) => new()
    {
        Oid = checked((uint)row.GetInt64(0)),
        Name = row.GetString(1),
        Encoding = row.GetString(2),
        IsTemplate = row.GetBoolean(3),
        Collation = new CollationVersion(Provider(row.GetString(5)), row.Text(6), row.Text(7)),
        Extensions = null,
        Collations = null,
        Unread = "the database takes no connections",
    };

    /// <summary>Letters of pg_collation.h.</summary>
    static string Provider(string letter) => letter switch
    {
        "c" => "libc",
        "i" => "icu",
        "b" => "builtin",
        "d" => "default",
        _ => letter,
    };

    async Task<DatabaseFacts> LookIntoAsync(DatabaseFacts facts, CancellationToken cancellationToken)
    {
        try
        {
            var inside = await ServerSession.OpenAsync(session.Address.WithDatabase(facts.Name), cancellationToken)
                .ConfigureAwait(false);
            await using var owned = inside.ConfigureAwait(false);

            return facts with
            {
                Extensions = await inside.QueryAsync(
                    $"list the extensions of '{facts.Name}'",
                    Extensions,
                    static row => new Extension(row.GetString(0), row.GetString(1)),
                    cancellationToken).ConfigureAwait(false),
                Collations = await inside.QueryAsync(
                    $"list the collations of '{facts.Name}'",
                    Collations,
                    static row => new CollationVersion(Provider(row.GetString(0)), row.Text(1), row.Text(2)),
                    cancellationToken).ConfigureAwait(false),
                Unread = null,
            };
        }
        catch (PostgresServerException e) when (!e.IsTransient)
        {
            // One closed database must not hide the facts of all others; the caller prints why.
            return facts with { Unread = e.Message };
        }
    }
}
