namespace TomoBackup.Postgres.Server;

/// <summary>What a backup and its restore must know about a running server.</summary>
public sealed record ServerFacts
{
    /// <summary>As the server prints it: <c>18.6 (Debian 18.6-3)</c>.</summary>
    public required string Version { get; init; }

    /// <summary>As <c>server_version_num</c>: 180006.</summary>
    public required int VersionNumber { get; init; }

    /// <summary>15, 16, 17, 18.</summary>
    public int Major => VersionNumber / 10_000;

    /// <summary>The cluster's identity, given by initdb and shared by every copy.</summary>
    public required ulong SystemIdentifier { get; init; }

    /// <summary>Absolute path as the server sees it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The configuration files in use, inside or outside the data directory.</summary>
    public required ConfigurationFiles Files { get; init; }

    /// <summary>Port, which also names the socket.</summary>
    public required int Port { get; init; }

    /// <summary>Where sockets stand; empty where the server has none.</summary>
    public required IReadOnlyList<string> SocketDirectories { get; init; }

    /// <summary>How WAL is written and archived.</summary>
    public required WalSettings Wal { get; init; }

    /// <summary>True where pages carry checksums.</summary>
    public required bool DataChecksums { get; init; }

    /// <summary>False where a crash of the machine may destroy the cluster.</summary>
    public required bool Fsync { get; init; }

    /// <summary>Libraries that a restored server must have, or it does not start.</summary>
    public required PreloadLibraries Libraries { get; init; }

    /// <summary>True for a standby and for a restore that still replays.</summary>
    public required bool InRecovery { get; init; }

    /// <summary>As <see cref="IPostgresServer.TimelineAsync"/>.</summary>
    public required uint Timeline { get; init; }

    /// <summary>Tablespaces outside the data directory.</summary>
    public required IReadOnlyList<Tablespace> Tablespaces { get; init; }

    /// <summary>What a restored server must not lower while hot standby is on.</summary>
    public required RecoverySettings Recovery { get; init; }
}

/// <summary>Settings that decide whether a cluster can be backed up and archived.</summary>
public sealed record WalSettings
{
    /// <summary><c>minimal</c>, <c>replica</c> or <c>logical</c>; the first allows no backup.</summary>
    public required string Level { get; init; }

    /// <summary><c>off</c>, <c>on</c> or <c>always</c>.</summary>
    public required string ArchiveMode { get; init; }

    /// <summary>Empty where none is set, or where the server shows it as disabled.</summary>
    public required string ArchiveCommand { get; init; }

    /// <summary>Empty where none is set. Together with a command the archiver never runs.</summary>
    public required string ArchiveLibrary { get; init; }

    /// <summary>Zero where segments are switched only when full.</summary>
    public required TimeSpan ArchiveTimeout { get; init; }

    /// <summary>The server's own setting; it is forced on while a backup runs.</summary>
    public required bool FullPageWrites { get; init; }

    /// <summary>Bytes of a WAL segment.</summary>
    public required int SegmentSize { get; init; }

    /// <summary>Whether changed blocks are summarised; null before 17, which cannot.</summary>
    public required bool? Summarize { get; init; }
}

/// <summary>Files that the server reads its configuration from, absolute.</summary>
/// <param name="Config">The main file.</param>
/// <param name="Hba">Who may connect.</param>
/// <param name="Ident">User name maps.</param>
/// <param name="Included">All others that were read through includes, and <c>postgresql.auto.conf</c>.</param>
/// <param name="IncludesAreComplete">False where this role may not read the views that name every file: then only files
/// with a setting in effect are known.</param>
public sealed record ConfigurationFiles(
    string Config,
    string Hba,
    string Ident,
    IReadOnlyList<string> Included,
    bool IncludesAreComplete);

/// <summary>Libraries loaded at start or at connect.</summary>
/// <param name="Shared">Loaded by the server: a missing one keeps it from starting.</param>
/// <param name="Session">Loaded by each session.</param>
/// <param name="Local">Loaded by each session, of the kind that any user may load.</param>
public sealed record PreloadLibraries(
    IReadOnlyList<string> Shared,
    IReadOnlyList<string> Session,
    IReadOnlyList<string> Local);

/// <summary>A tablespace outside the data directory.</summary>
/// <param name="Oid">Name of its link in <c>pg_tblspc</c>.</param>
/// <param name="Name">Name in SQL.</param>
/// <param name="Location">Absolute path, or a path relative to the data directory for an in-place tablespace.</param>
public sealed record Tablespace(uint Oid, string Name, string Location);

/// <summary>The five settings that recovery compares with the control file.</summary>
/// <param name="MaxConnections">max_connections.</param>
/// <param name="MaxWorkerProcesses">max_worker_processes.</param>
/// <param name="MaxWalSenders">max_wal_senders.</param>
/// <param name="MaxPreparedTransactions">max_prepared_transactions.</param>
/// <param name="MaxLocksPerTransaction">max_locks_per_transaction.</param>
public sealed record RecoverySettings(
    int MaxConnections,
    int MaxWorkerProcesses,
    int MaxWalSenders,
    int MaxPreparedTransactions,
    int MaxLocksPerTransaction);
