namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>demo --json</c> answers when the proof holds; there is no answer when it does not, only an
/// error.</summary>
/// <param name="Moment">What was recovered to.</param>
/// <param name="RowsExpected">Rows that were noted then, in all tables and in the graph.</param>
/// <param name="RowsFound">Rows that were found; the same number and the same rows.</param>
/// <param name="CommitsNoted">Commits that the writers had acknowledged in all, also behind that moment.</param>
/// <param name="CommitsFound">Those of them that were to come back, and did.</param>
/// <param name="RestoreSeconds">From the command to an open server.</param>
sealed record DemoDocument(
    DateTimeOffset Moment,
    long RowsExpected,
    long RowsFound,
    long CommitsNoted,
    long CommitsFound,
    double RestoreSeconds);
