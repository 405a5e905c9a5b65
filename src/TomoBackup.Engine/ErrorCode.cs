namespace TomoBackup;

/// <summary>
/// How a command ended; the number is the exit code of the process. The table for people is
/// <c>docs/operate/exit-codes.md</c>, and a test keeps it in step. Numbers from 64 on are those of
/// <c>sysexits.h</c>; 130 and 143 are what a shell reports for a signal. <c>wal get</c> alone answers 0, 1 or 255.
/// </summary>
public enum ErrorCode : int
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>A fault that we did not foresee.</summary>
    Defect = 1,

    /// <summary>Done, with something that a person should look at.</summary>
    Warnings = 2,

    /// <summary>Damaged pages in the source, or damage that verify found.</summary>
    Damaged = 3,

    /// <summary>No repository at the place that the policy names.</summary>
    RepositoryMissing = 10,

    /// <summary>Another process holds the lock.</summary>
    Locked = 11,

    /// <summary>A key is absent, unreadable or does not fit.</summary>
    KeyMissingOrWrong = 12,

    /// <summary>An object of the repository is missing, altered or unreadable.</summary>
    RepositoryDamaged = 13,

    /// <summary>Two contents claim one WAL segment.</summary>
    WalConflict = 14,

    /// <summary>No backup, cluster or object of that name.</summary>
    NotFound = 15,

    /// <summary>The chosen moment cannot be reached from what the repository holds.</summary>
    TargetUnreachable = 16,

    /// <summary>Asked for something unsafe.</summary>
    Refused = 17,

    /// <summary>Files were restored, but PostgreSQL did not recover to the target.</summary>
    RecoveryFailed = 18,

    /// <summary>A kept copy of the rendered policy is not what the policy says now.</summary>
    OutOfDate = 20,

    /// <summary>The command line is wrong.</summary>
    Usage = 64,

    /// <summary>A server or a store does not answer.</summary>
    Unavailable = 69,

    /// <summary>Disk full, or not permitted.</summary>
    CannotWrite = 73,

    /// <summary>A passing fault, or an interrupted push.</summary>
    TryAgain = 75,

    /// <summary>The policy file is missing or wrong.</summary>
    Policy = 78,

    /// <summary>Stopped by SIGINT.</summary>
    Interrupted = 130,

    /// <summary>Stopped by SIGTERM.</summary>
    Terminated = 143,
}
