namespace TomoBackup.Postgres.Server;

/// <summary>Finds every file that the server's configuration was read from, as far as the role may look.</summary>
sealed class ConfigurationFilesReader(ServerSession session)
{
    const string Attempt = "read which configuration files are in use";

    // Each view is a function that only superusers may call until both are granted.
    const string MayReadAll =
        """
        SELECT pg_catalog.bool_and(
                   pg_catalog.has_table_privilege('pg_catalog.' || name, 'SELECT')
                   AND pg_catalog.has_function_privilege('pg_catalog.' || source, 'EXECUTE'))
          FROM (VALUES ('pg_file_settings', 'pg_show_all_file_settings()'),
                       ('pg_hba_file_rules', 'pg_hba_file_rules()'),
                       ('pg_ident_file_mappings', 'pg_ident_file_mappings()')) AS view (name, source)
        """;

    const string InEffect =
        "SELECT DISTINCT sourcefile FROM pg_catalog.pg_settings WHERE sourcefile IS NOT NULL";

    const string SettingsFiles = "SELECT sourcefile FROM pg_catalog.pg_file_settings WHERE sourcefile IS NOT NULL";

    /// <summary>Includes in these two files came with 16, and the column with them.</summary>
    const string AccessFiles =
        """
         UNION SELECT file_name FROM pg_catalog.pg_hba_file_rules WHERE file_name IS NOT NULL
         UNION SELECT file_name FROM pg_catalog.pg_ident_file_mappings WHERE file_name IS NOT NULL
        """;

    public async Task<ConfigurationFiles> ReadAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        var complete = await session.SingleAsync(
            Attempt, MayReadAll, static row => row.GetBoolean(0), cancellationToken).ConfigureAwait(false);
        var all = session.Major >= 16 ? $"{SettingsFiles}{AccessFiles}" : SettingsFiles;
        var files = await session.QueryAsync(
            Attempt, complete ? all : InEffect, static row => row.GetString(0), cancellationToken)
            .ConfigureAwait(false);

        var config = settings.Text("config_file");
        var hba = settings.Text("hba_file");
        var ident = settings.Text("ident_file");

        return new ConfigurationFiles(
            config,
            hba,
            ident,
            [.. files.Except([config, hba, ident], StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            complete);
    }
}
