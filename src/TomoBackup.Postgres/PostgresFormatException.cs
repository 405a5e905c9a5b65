namespace TomoBackup.Postgres;

/// <summary>
/// Bytes or text that PostgreSQL is said to have written break PostgreSQL's own rules, so that nobody can go on with
/// them. The message is a lower-case sentence without a full stop that names the object and what is wrong with it.
/// </summary>
public sealed class PostgresFormatException(string message, Exception? cause = null) : Exception(message, cause);
