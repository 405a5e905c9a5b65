namespace TomoBackup.Postgres.Server;

/// <summary>
/// One held session with a running PostgreSQL 15 or later. A backup lives and dies with its session, so there is no
/// pool and no silent reconnect: a lost session is <see cref="ServerFailure.SessionLost"/>, and the backup with it.
/// Calls may overlap; they run one after the other. Failures are <see cref="PostgresServerException"/>.
/// </summary>
public interface IPostgresServer : IAsyncDisposable
{
    /// <summary>Where the session goes, for messages, without secrets: <c>host=/run/postgresql port=5432
    /// …</c>.</summary>
    string Address { get; }

    /// <summary>The server's major version: 15, 16, 17, 18.</summary>
    int Major { get; }

    /// <summary>What the server says about itself and its configuration.</summary>
    Task<ServerFacts> ReadFactsAsync(CancellationToken cancellationToken);

    /// <summary>Every database, with extensions and collations of those that let this role in (one short connection
    /// each). A database that cannot be looked into says why.</summary>
    Task<IReadOnlyList<DatabaseFacts>> ReadDatabasesAsync(CancellationToken cancellationToken);

    /// <summary>Puts this session into backup mode and returns the position from which WAL is needed. Without
    /// <paramref name="fast"/> the server spreads its checkpoint, which takes minutes on a busy one.</summary>
    Task<Lsn> StartBackupAsync(string label, bool fast, CancellationToken cancellationToken);

    /// <summary>Ends the backup of this session without waiting for the archive: a wait that is cancelled on the server
    /// loses the backup label for good. A cancelled call of this method loses it as well.</summary>
    Task<BackupStop> StopBackupAsync(CancellationToken cancellationToken);

    /// <summary>Returns while this is still the session that was opened, on a server that was not restarted;
    /// otherwise <see cref="ServerFailure.SessionLost"/>.</summary>
    Task PingAsync(CancellationToken cancellationToken);

    /// <summary>Writes a named restore point and returns the position just behind it. Refused in recovery.</summary>
    Task<Lsn> CreateRestorePointAsync(string name, CancellationToken cancellationToken);

    /// <summary>Ends the current WAL segment and returns the end of the switch. Where nothing was written since the
    /// last switch the server does nothing and returns the start of the current segment. Refused in recovery.</summary>
    Task<Lsn> SwitchWalAsync(CancellationToken cancellationToken);

    /// <summary>How far the server has written its log. Refused in recovery.</summary>
    Task<WalPosition> CurrentWalLsnAsync(CancellationToken cancellationToken);

    /// <summary>How far the server has summed up its WAL, durably; null before 17 and where it does not. Refused by
    /// nobody.</summary>
    Task<SummarizedWal?> SummarizedWalAsync(CancellationToken cancellationToken);

    /// <summary>What the archiver has counted. On an idle server its last success ages without meaning harm.</summary>
    Task<ArchiverStatus> ArchiverStatusAsync(CancellationToken cancellationToken);

    /// <summary>The timeline that is being written now, or in recovery the newest one that replay is known to have
    /// reached at its last restartpoint.</summary>
    Task<uint> TimelineAsync(CancellationToken cancellationToken);

    /// <summary>True for a standby and for a restore that still replays.</summary>
    Task<bool> IsInRecoveryAsync(CancellationToken cancellationToken);

    /// <summary>End of the last record replayed in recovery, also after it. Null on a server that never
    /// recovered.</summary>
    Task<Lsn?> LastReplayLsnAsync(CancellationToken cancellationToken);

    /// <summary>What a role may do, and how archiving is set. Needs no right.</summary>
    Task<ArchivingFacts> ReadArchivingAsync(string role, CancellationToken cancellationToken);

    /// <summary>Runs statements one by one, each a transaction of its own, because ALTER SYSTEM refuses to be in
    /// one; the first failure ends it. Only for statements that a planner of ours has made.</summary>
    Task ApplyAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken);
}
