namespace TomoBackup.Postgres.Server;

/// <summary>
/// What a server said about its last start: the proof of where a recovery began, stopped and ended. Read from its log
/// in English (<c>lc_messages=C</c>) with any log_line_prefix. Messages: xlogrecovery.c and xlog.c of 15 to 18.
/// </summary>
public sealed record RecoveryLog
{
    /// <summary>The target as the server understood it (<c>2026-11-22 17:37:33+00</c>, <c>WAL location (LSN)
    /// "0/3000148"</c>, <c>XID 741</c>, <c>earliest consistent point</c>); null without one.</summary>
    public string? Target { get; init; }

    /// <summary>Where replay of a backup begins; null where no backup_label was found.</summary>
    public Lsn? BackupRedo { get; init; }

    /// <summary>Timeline that the backup began on.</summary>
    public uint? BackupTimeline { get; init; }

    /// <summary>Where the backup ended; null where replay never came that far.</summary>
    public Lsn? BackupEnd { get; init; }

    /// <summary>First position replayed; null where there was nothing to replay.</summary>
    public Lsn? RedoStart { get; init; }

    /// <summary>From here on the cluster is usable. Null: it never was.</summary>
    public Lsn? Consistent { get; init; }

    /// <summary>Why and where replay stopped; null where it ran to the end of WAL, or still runs.</summary>
    public RecoveryStop? Stop { get; init; }

    /// <summary>Start of the last record read, which a stop before it left unplayed: no proof of what was
    /// replayed.</summary>
    public Lsn? RedoDone { get; init; }

    /// <summary>Commit time of the last transaction replayed; null where none was.</summary>
    public DateTimeOffset? LastTransaction { get; init; }

    /// <summary>True while the server waits at its target for someone to resume it.</summary>
    public bool Paused { get; init; }

    /// <summary>The timeline that begins here; null where recovery did not end in one.</summary>
    public uint? NewTimeline { get; init; }

    /// <summary>True where archive recovery ended and the server went on to open.</summary>
    public bool Complete { get; init; }

    /// <summary>Files that restore_command delivered.</summary>
    public int RestoredFiles { get; init; }

    /// <summary>The last of them.</summary>
    public string? LastRestoredFile { get; init; }

    /// <summary>Messages at level FATAL and PANIC, without their level.</summary>
    public IReadOnlyList<string> Fatal { get; init; } = [];

    /// <summary>What to quote when the start failed: the last FATAL, else the last line.</summary>
    public string LastWords { get; init; } = "it said nothing";

    /// <summary>Reads a log from its beginning. A new start within it begins a new record.</summary>
    public static RecoveryLog Parse(IEnumerable<string> lines)
        => lines.Aggregate(new RecoveryLog(), static (log, line) => log.With(line));

    /// <summary>The record with one more line, for a log that is still being written.</summary>
    public RecoveryLog With(string line) => RecoveryLogLine.Apply(this, line);
}

/// <summary>What made replay stop.</summary>
public enum RecoveryStopReason
{
    /// <summary>Target immediate: the first moment at which the cluster is usable.</summary>
    Consistency,

    /// <summary>A position in WAL.</summary>
    Lsn,

    /// <summary>A transaction that committed.</summary>
    Commit,

    /// <summary>A transaction that was rolled back.</summary>
    Abort,

    /// <summary>A named restore point.</summary>
    RestorePoint,
}

/// <summary>Where replay stopped, with what the log names: an LSN, or a transaction and its time, or a name and its
/// time.</summary>
/// <param name="Reason">What made it stop.</param>
/// <param name="Inclusive">True where the record that made it stop was replayed.</param>
public sealed record RecoveryStop(RecoveryStopReason Reason, bool Inclusive)
{
    /// <summary>The position, for <see cref="RecoveryStopReason.Lsn"/>.</summary>
    public Lsn? Lsn { get; init; }

    /// <summary>The transaction, for a commit or an abort.</summary>
    public uint? Transaction { get; init; }

    /// <summary>Time of the transaction or restore point.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Name of the restore point.</summary>
    public string? Name { get; init; }
}
