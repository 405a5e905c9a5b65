using System.Globalization;

namespace TomoBackup.Postgres.Server;

/// <summary>Reads <see cref="ServerFacts"/> in a handful of queries.</summary>
sealed class FactsReader(ServerSession session)
{
    const string Attempt = "read the server's settings";

    const string Settings =
        """
        SELECT name, setting
          FROM pg_catalog.pg_settings
         WHERE name IN ('server_version', 'server_version_num', 'data_directory', 'port', 'unix_socket_directories',
                        'wal_level', 'archive_mode', 'archive_command', 'archive_library', 'archive_timeout',
                        'full_page_writes', 'fsync', 'data_checksums', 'wal_segment_size', 'summarize_wal',
                        'shared_preload_libraries', 'session_preload_libraries', 'local_preload_libraries',
                        'max_connections', 'max_worker_processes', 'max_wal_senders', 'max_prepared_transactions',
                        'max_locks_per_transaction', 'config_file', 'hba_file', 'ident_file')
        """;

    const string Control =
        """
        SELECT system_identifier::text, pg_catalog.pg_is_in_recovery() FROM pg_catalog.pg_control_system()
        """;

    const string OutsideTablespaces =
        """
        SELECT oid::bigint, spcname::text, pg_catalog.pg_tablespace_location(oid)
          FROM pg_catalog.pg_tablespace
         WHERE spcname NOT IN ('pg_default', 'pg_global')
         ORDER BY oid
        """;

    public async Task<ServerFacts> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            Attempt, Settings, static row => (row.GetString(0), row.Text(1) ?? ""), cancellationToken)
            .ConfigureAwait(false);
        var settings = new ServerSettings(rows);
        var (system, inRecovery) = await session.SingleAsync(
            Attempt, Control, static row => (row.GetString(0), row.GetBoolean(1)), cancellationToken)
            .ConfigureAwait(false);

        return new ServerFacts
        {
            Version = settings.Text("server_version"),
            VersionNumber = settings.Number("server_version_num"),
            SystemIdentifier = unchecked((ulong)long.Parse(system, CultureInfo.InvariantCulture)),
            DataDirectory = settings.Text("data_directory"),
            Files = await new ConfigurationFilesReader(session).ReadAsync(settings, cancellationToken)
                .ConfigureAwait(false),
            Port = settings.Number("port"),
            SocketDirectories = settings.List("unix_socket_directories"),
            Wal = WalOf(settings),
            DataChecksums = settings.Switch("data_checksums"),
            Fsync = settings.Switch("fsync"),
            Libraries = new PreloadLibraries(
                settings.List("shared_preload_libraries"),
                settings.List("session_preload_libraries"),
                settings.List("local_preload_libraries")),
            InRecovery = inRecovery,
            Timeline = await session.SingleAsync(
                Attempt, NpgsqlServer.TimelineSql, static row => checked((uint)row.GetInt64(0)), cancellationToken)
                .ConfigureAwait(false),
            Tablespaces = await session.QueryAsync(
                Attempt,
                OutsideTablespaces,
                static row => new Tablespace(checked((uint)row.GetInt64(0)), row.GetString(1), row.GetString(2)),
                cancellationToken).ConfigureAwait(false),
            Recovery = RecoveryOf(settings),
        };
    }

    static WalSettings WalOf(ServerSettings settings) => new()
    {
        Level = settings.Text("wal_level"),
        ArchiveMode = settings.Text("archive_mode"),
        ArchiveCommand = settings.Text("archive_command") is var command and not "(disabled)" ? command : "",
        ArchiveLibrary = settings.Text("archive_library"),
        ArchiveTimeout = TimeSpan.FromSeconds(settings.Number("archive_timeout")),
        FullPageWrites = settings.Switch("full_page_writes"),
        SegmentSize = settings.Number("wal_segment_size"),
        Summarize = settings.Has("summarize_wal") ? settings.Switch("summarize_wal") : null,
    };

    static RecoverySettings RecoveryOf(ServerSettings settings) => new(
        settings.Number("max_connections"),
        settings.Number("max_worker_processes"),
        settings.Number("max_wal_senders"),
        settings.Number("max_prepared_transactions"),
        settings.Number("max_locks_per_transaction"));
}
