using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace TomoBackup.Postgres.Server;

/// <summary>The session over Npgsql, trimmed: no pool, no type loading, TLS only where it may be spoken.</summary>
public sealed class NpgsqlServer : IPostgresServer
{
    const string StopBackup =
        """
        SELECT stop.lsn::text,
               pg_catalog.convert_to(stop.labelfile, pg_catalog.getdatabaseencoding()),
               pg_catalog.convert_to(stop.spcmapfile, pg_catalog.getdatabaseencoding())
          FROM pg_catalog.pg_backup_stop(false) AS stop
        """;

    const string Archiver =
        """
        SELECT archived_count, last_archived_wal, last_archived_time,
               failed_count, last_failed_wal, last_failed_time, stats_reset
          FROM pg_catalog.pg_stat_archiver
        """;

    /// <summary>The control file learns of a promotion only at the next checkpoint, a WAL file's name at
    /// once.</summary>
    internal const string TimelineSql =
        """
        SELECT CASE WHEN pg_catalog.pg_is_in_recovery()
                    THEN (SELECT greatest(point.timeline_id, recovery.min_recovery_end_timeline)::bigint
                            FROM pg_catalog.pg_control_checkpoint() AS point,
                                 pg_catalog.pg_control_recovery() AS recovery)
                    ELSE ('x' || substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))
                         ::bit(32)::bigint
               END
        """;

    readonly ServerSession _session;

    NpgsqlServer(ServerSession session) => _session = session;

    /// <inheritdoc/>
    public string Address => _session.Address.ToString();

    /// <inheritdoc/>
    public int Major => _session.Major;

    /// <summary>Opens the session. <see cref="FormatException"/> where the connection string is wrong.</summary>
    public static Task<NpgsqlServer> OpenAsync(string connection, CancellationToken cancellationToken)
        => OpenAsync(ServerAddress.Parse(connection), cancellationToken);

    /// <summary>Opens the session.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "the server owns its session and disposes it")]
    public static async Task<NpgsqlServer> OpenAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        var session = await ServerSession.OpenAsync(address, cancellationToken).ConfigureAwait(false);
        return new NpgsqlServer(session);
    }

    /// <inheritdoc/>
    public Task<ServerFacts> ReadFactsAsync(CancellationToken cancellationToken)
        => new FactsReader(_session).ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DatabaseFacts>> ReadDatabasesAsync(CancellationToken cancellationToken)
        => new DatabasesReader(_session).ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<Lsn> StartBackupAsync(string label, bool fast, CancellationToken cancellationToken)
        => _session.PatientAsync(
            "start a backup",
            "SELECT pg_catalog.pg_backup_start($1, $2)::text",
            static row => row.Lsn(0),
            [new NpgsqlParameter<string> { TypedValue = label }, new NpgsqlParameter<bool> { TypedValue = fast }],
            cancellationToken);

    /// <inheritdoc/>
    public Task<BackupStop> StopBackupAsync(CancellationToken cancellationToken)
        => _session.PatientAsync(
            "stop the backup",
            StopBackup,
            static row => new BackupStop(row.Lsn(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2)),
            [],
            cancellationToken);

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancellationToken) => _session.PingAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<Lsn> CreateRestorePointAsync(string name, CancellationToken cancellationToken)
        => (await _session.QueryAsync(
            $"create restore point '{name}'",
            "SELECT pg_catalog.pg_create_restore_point($1)::text",
            static row => row.Lsn(0),
            cancellationToken,
            new NpgsqlParameter<string> { TypedValue = name }).ConfigureAwait(false)).Single();

    /// <inheritdoc/>
    public Task<Lsn> SwitchWalAsync(CancellationToken cancellationToken)
        => _session.SingleAsync(
            "switch the WAL segment",
            "SELECT pg_catalog.pg_switch_wal()::text",
            static row => row.Lsn(0),
            cancellationToken);

    /// <inheritdoc/>
    public Task<WalPosition> CurrentWalLsnAsync(CancellationToken cancellationToken)
        => _session.SingleAsync(
            "read the WAL position",
            "SELECT pg_catalog.pg_current_wal_insert_lsn()::text, pg_catalog.pg_current_wal_flush_lsn()::text",
            static row => new WalPosition(row.Lsn(0), row.Lsn(1)),
            cancellationToken);

    /// <inheritdoc/>
    public async Task<SummarizedWal?> SummarizedWalAsync(CancellationToken cancellationToken)
    {
        const int FirstMajor = 17;

        return Major < FirstMajor
            ? null
            : await _session.SingleAsync<SummarizedWal?>(
                "ask how far WAL is summed up",
                """
                SELECT state.summarized_tli, state.summarized_lsn::text, state.summarizer_pid
                  FROM pg_catalog.pg_get_wal_summarizer_state() AS state
                """,
                static row => row.IsDBNull(2)
                    ? null
                    : new SummarizedWal(checked((uint)row.GetInt64(0)), row.Lsn(1)),
                cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<ArchiverStatus> ArchiverStatusAsync(CancellationToken cancellationToken)
        => _session.SingleAsync(
            "read the archiver's counters",
            Archiver,
            static row => new ArchiverStatus(
                row.GetInt64(0), row.Text(1), row.Time(2), row.GetInt64(3), row.Text(4), row.Time(5), row.Time(6)),
            cancellationToken);

    /// <inheritdoc/>
    public Task<uint> TimelineAsync(CancellationToken cancellationToken)
        => _session.SingleAsync(
            "read the timeline", TimelineSql, static row => checked((uint)row.GetInt64(0)), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> IsInRecoveryAsync(CancellationToken cancellationToken)
        => _session.SingleAsync(
            "ask whether the server recovers",
            "SELECT pg_catalog.pg_is_in_recovery()",
            static row => row.GetBoolean(0),
            cancellationToken);

    /// <inheritdoc/>
    public Task<Lsn?> LastReplayLsnAsync(CancellationToken cancellationToken)
        => _session.SingleAsync<Lsn?>(
            "read the replay position",
            "SELECT pg_catalog.pg_last_wal_replay_lsn()::text",
            static row => row.IsDBNull(0) ? null : row.Lsn(0),
            cancellationToken);

    /// <inheritdoc/>
    public Task<ArchivingFacts> ReadArchivingAsync(string role, CancellationToken cancellationToken)
        => new ArchivingReader(_session).ReadAsync(role, cancellationToken);

    /// <inheritdoc/>
    public async Task ApplyAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        foreach (var statement in statements)
            await _session.QueryAsync($"run '{statement}'", statement, static _ => true, cancellationToken)
                .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
