namespace TomoBackup.Scenarios.Incremental;

/// <summary>A random history: all that it does follows from these figures, so that a failure is a line to run
/// again.</summary>
/// <param name="Seed">Where chance begins.</param>
/// <param name="Major">PostgreSQL's version.</param>
/// <param name="Summarize">True where WAL summaries say what changed, false where pages must.</param>
/// <param name="Checksums">True where pages carry checksums, and so every hint bit a position.</param>
/// <param name="Writer">True where somebody writes all the time, through the backups too.</param>
/// <param name="Steps">How many steps are taken.</param>
sealed record HistoryPlan(int Seed, int Major, bool Summarize, bool Checksums, bool Writer, int Steps);
