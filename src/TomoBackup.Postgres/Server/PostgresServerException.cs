namespace TomoBackup.Postgres.Server;

/// <summary>Why a server could not do what was asked.</summary>
public enum ServerFailure
{
    /// <summary>No server answered, or it takes no connections just now (starting, stopping, full).</summary>
    Unreachable,

    /// <summary>The server answered that this role may not.</summary>
    Denied,

    /// <summary>The server understood and said no: wrong state, wrong version, no such database.</summary>
    Refused,

    /// <summary>The session that was opened is gone, and whatever hung on it.</summary>
    SessionLost,

    /// <summary>Anything else; likely a defect of the server or of ours.</summary>
    Other,
}

/// <summary>
/// A server failed. The message says what was tried and, in the server's words, why:
/// <c>unable to start a backup: 55000 a backup is already in progress in this session (Run …)</c>.
/// </summary>
public sealed class PostgresServerException(
    ServerFailure failure, string message, string? sqlState = null, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The kind of failure, by which callers decide.</summary>
    public ServerFailure Failure { get; } = failure;

    /// <summary>The server's five letters, where it was the server that spoke.</summary>
    public string? SqlState { get; } = sqlState;

    /// <summary>True where the same work, begun anew on a new session, may succeed.</summary>
    public bool IsTransient => Failure is ServerFailure.Unreachable or ServerFailure.SessionLost;
}
