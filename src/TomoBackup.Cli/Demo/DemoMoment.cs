namespace TomoBackup.Cli.Demo;

/// <summary>
/// A moment with no commit under way and a pause of at least 20 ms on either side, and what the cluster held then.
/// </summary>
/// <param name="Time">The server's clock, to the microsecond: what a restore is asked for.</param>
/// <param name="Lsn">Where its write-ahead log ended then, as PostgreSQL prints it.</param>
/// <param name="Commits">Acknowledged commits up to here: exactly those numbered from 1 to this.</param>
/// <param name="Expected">What must come back.</param>
sealed record DemoMoment(DateTimeOffset Time, string Lsn, int Commits, DemoState Expected);

/// <summary>A commit that the server promised to keep.</summary>
/// <param name="Commit">What it changed.</param>
/// <param name="At">This machine's clock when the promise came.</param>
readonly record struct DemoAcknowledgement(DemoCommit Commit, DateTimeOffset At);
