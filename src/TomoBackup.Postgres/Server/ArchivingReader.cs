using Npgsql;

namespace TomoBackup.Postgres.Server;

/// <summary>Reads <see cref="ArchivingFacts"/>; any role may.</summary>
sealed class ArchivingReader(ServerSession session)
{
    const string Attempt = "read the role's rights and the archive settings";

    const string Role =
        """
        SELECT rolcanlogin, rolsuper, rolinherit,
               (SELECT array_to_string(array_agg(name), ';')
                  FROM (SELECT name FROM unnest(string_to_array($2, ';')) AS member(name)
                         WHERE NOT pg_catalog.pg_has_role(role.oid, name::name, 'USAGE')
                         UNION ALL
                        SELECT name FROM unnest(string_to_array($3, ';')) AS function(name)
                         WHERE NOT pg_catalog.has_function_privilege(role.oid, 'pg_catalog.' || name, 'EXECUTE')
                       ) AS lacking)
          FROM pg_catalog.pg_roles AS role
         WHERE rolname = $1
        """;

    const string Current =
        "SELECT name, setting, pending_restart FROM pg_catalog.pg_settings WHERE name = ANY (string_to_array($1, ';'))";

    /// <summary>Later lines win, as the server reads them; a faulty line is not taken at all.</summary>
    const string Configured =
        """
        SELECT DISTINCT ON (name) name, setting
          FROM pg_catalog.pg_file_settings
         WHERE name = ANY (string_to_array($1, ';')) AND setting IS NOT NULL
         ORDER BY name, seqno DESC
        """;

    const string MayReadFiles =
        """
        SELECT pg_catalog.has_table_privilege('pg_catalog.pg_file_settings', 'SELECT')
               AND pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'EXECUTE')
        """;

    public async Task<ArchivingFacts> ReadAsync(string role, CancellationToken cancellationToken)
    {
        var roles = await session.QueryAsync(
            Attempt,
            Role,
            static row => new RoleFacts(
                row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2),
                row.Text(3)?.Split(';') ?? []),
            cancellationToken,
            new NpgsqlParameter<string> { TypedValue = role },
            Listed(BackupRights.Roles),
            Listed(BackupRights.Functions)).ConfigureAwait(false);

        var configured = await ConfiguredAsync(cancellationToken).ConfigureAwait(false);
        var settings = await session.QueryAsync(
            Attempt,
            Current,
            row => (Name: row.GetString(0), Facts: new SettingFacts(
                row.Text(1) ?? "", configured.GetValueOrDefault(row.GetString(0)), row.GetBoolean(2))),
            cancellationToken,
            Listed(ArchivingFacts.SettingNames)).ConfigureAwait(false);

        return new ArchivingFacts
        {
            Major = session.Major,
            RoleName = role,
            Role = roles.SingleOrDefault(),
            Settings = settings.ToDictionary(static s => s.Name, static s => s.Facts, StringComparer.Ordinal),
        };
    }

    async Task<Dictionary<string, string>> ConfiguredAsync(CancellationToken cancellationToken)
    {
        if (!await session.SingleAsync(Attempt, MayReadFiles, static row => row.GetBoolean(0), cancellationToken)
            .ConfigureAwait(false))
            return [];

        var rows = await session.QueryAsync(
            Attempt,
            Configured,
            static row => (row.GetString(0), row.GetString(1)),
            cancellationToken,
            Listed(ArchivingFacts.SettingNames)).ConfigureAwait(false);
        return rows.ToDictionary(static r => r.Item1, static r => r.Item2, StringComparer.Ordinal);
    }

    /// <summary>As one text: arrays are among what the trimmed session cannot write.</summary>
    static NpgsqlParameter<string> Listed(IEnumerable<string> names)
        => new() { TypedValue = string.Join(';', names) };
}
