namespace TomoBackup.Postgres.Server;

/// <summary>What the server hands out when a backup ends. Without these bytes the copied files are no backup.</summary>
/// <param name="Lsn">End of the WAL that the backup needs, exclusive.</param>
/// <param name="Label">Content of <c>backup_label</c>, byte for byte: one changed byte makes recovery refuse
/// it.</param>
/// <param name="TablespaceMap">Content of <c>tablespace_map</c>, byte for byte; empty where no such file is
/// due.</param>
public sealed record BackupStop(Lsn Lsn, ReadOnlyMemory<byte> Label, ReadOnlyMemory<byte> TablespaceMap);

/// <summary>Two ends of the write-ahead log, read in one query.</summary>
/// <param name="Insert">Behind the last record that any session has begun to write.</param>
/// <param name="Flush">Behind the last byte that is on disk: what a crash would leave.</param>
public sealed record WalPosition(Lsn Insert, Lsn Flush);

/// <summary>The counters of <c>pg_stat_archiver</c>. A command that ends above 125 counts nowhere here.</summary>
/// <param name="ArchivedCount">Files archived since the counters were reset.</param>
/// <param name="LastArchivedFile">The newest of them; null where there is none.</param>
/// <param name="LastArchivedAt">When that was.</param>
/// <param name="FailedCount">Failed tries since the counters were reset.</param>
/// <param name="LastFailedFile">What failed last; null where nothing did.</param>
/// <param name="LastFailedAt">When that was.</param>
/// <param name="CountsSince">When the counters were reset.</param>
public sealed record ArchiverStatus(
    long ArchivedCount,
    string? LastArchivedFile,
    DateTimeOffset? LastArchivedAt,
    long FailedCount,
    string? LastFailedFile,
    DateTimeOffset? LastFailedAt,
    DateTimeOffset? CountsSince)
{
    /// <summary>True where the last thing that happened is a failure.</summary>
    public bool IsFailing => LastFailedAt is { } failed && (LastArchivedAt is not { } archived || failed > archived);
}

/// <summary>How far WAL has been summed up.</summary>
/// <param name="Timeline">The timeline that was read last.</param>
/// <param name="Lsn">Behind the last position that a summary on disk speaks of.</param>
public sealed record SummarizedWal(uint Timeline, Lsn Lsn);
