namespace TomoBackup.Postgres;

/// <summary>DBState of pg_control.h.</summary>
public enum ClusterState
{
    /// <summary>Starting up.</summary>
    StartUp = 0,

    /// <summary>Stopped cleanly.</summary>
    ShutDown = 1,

    /// <summary>A standby, or a recovery that paused, stopped cleanly.</summary>
    ShutDownInRecovery = 2,

    /// <summary>Stopping.</summary>
    ShuttingDown = 3,

    /// <summary>Replaying after a crash.</summary>
    CrashRecovery = 4,

    /// <summary>Replaying from an archive, or standing by.</summary>
    ArchiveRecovery = 5,

    /// <summary>Running, or crashed while it ran.</summary>
    InProduction = 6,
}

/// <summary>wal_level.</summary>
public enum WalLevel
{
    /// <summary>Too little for any backup of a running server.</summary>
    Minimal = 0,

    /// <summary>Enough for backups and standbys.</summary>
    Replica = 1,

    /// <summary>With what logical decoding needs.</summary>
    Logical = 2,
}

/// <summary>Whether a control file can be believed.</summary>
public enum ControlFileVerdict
{
    /// <summary>Everything fits.</summary>
    Valid,

    /// <summary>Not 8192 bytes.</summary>
    WrongLength,

    /// <summary>Wrong checksum. On a running server it was being rewritten: read again.</summary>
    BadChecksum,

    /// <summary>Not of PostgreSQL 15 to 18.</summary>
    UnknownVersion,

    /// <summary>Written on a machine of the other byte order.</summary>
    OtherByteOrder,
}
