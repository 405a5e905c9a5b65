using System.Net.Sockets;
using Npgsql;

namespace TomoBackup.Postgres.Server;

/// <summary>Turns what Npgsql throws into the failures that callers decide by.</summary>
static class ServerErrors
{
    /// <param name="attempt">What was tried, behind "unable to".</param>
    /// <param name="cause">A <see cref="NpgsqlException"/>, or what comes up from the socket.</param>
    /// <param name="wasOpen">True where a session stood before.</param>
    /// <param name="isOpen">True where it still stands.</param>
    public static PostgresServerException Of(string attempt, Exception cause, bool wasOpen, bool isOpen)
        => cause is PostgresException said
            ? new PostgresServerException(
                FailureOf(said, wasOpen, isOpen), $"unable to {attempt}: {Sentence(said)}", said.SqlState, cause)
            : new PostgresServerException(
                !wasOpen || isOpen ? ServerFailure.Unreachable : ServerFailure.SessionLost,
                $"unable to {attempt}: {Sentence(cause)}",
                cause: cause);

    /// <summary>True for what <see cref="Of"/> understands; everything else is a defect and keeps its stack.</summary>
    public static bool Understands(Exception exception)
        => exception is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>Classes and codes: PostgreSQL documentation, appendix A.</summary>
    static ServerFailure FailureOf(PostgresException said, bool wasOpen, bool isOpen) => said.SqlState switch
    {
        "57P03" or "53300" => ServerFailure.Unreachable,
        "42501" => ServerFailure.Denied,
        _ when said.SqlState.StartsWith("28", StringComparison.Ordinal) => ServerFailure.Denied,
        _ when wasOpen && !isOpen => ServerFailure.SessionLost,
        "57P01" or "57P02" or "57P05" => wasOpen ? ServerFailure.SessionLost : ServerFailure.Unreachable,
        "55000" or "55006" or "22023" or "0A000" or "42883" or "3D000" or "25006" or "42704" or "57014"
            => ServerFailure.Refused,
        _ => ServerFailure.Other,
    };

    static string Sentence(PostgresException said)
        => said.Hint is { Length: > 0 } hint
            ? $"{said.SqlState} {said.MessageText} ({hint})"
            : $"{said.SqlState} {said.MessageText}";

    /// <summary>Npgsql's outer message ("Exception while reading from stream") says less than what it wraps.</summary>
    static string Sentence(Exception cause)
    {
        while (cause is NpgsqlException { InnerException: { } inner })
            cause = inner;

        return cause is TimeoutException ? "the server does not answer in time" : cause.Message.TrimEnd('.');
    }
}
