using System.Globalization;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Server;
using TomoBackup.Postgres.Summaries;
using TomoBackup.Postgres.Wal;
using TomoBackup.Storage;

namespace TomoBackup.Backups.Changes;

/// <summary>Reads what PostgreSQL 17 and later has summed up about a span of WAL, where all of it is there.</summary>
sealed class SummarySearch(IPostgresServer server, IFileSystem files, TimeProvider time)
{
    /// <summary>The summarizer was never seen more than 22 ms behind a checkpoint (facts §6.1); beyond this it is
    /// stuck.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>A summary speaks of the WAL between two checkpoints.</summary>
    const int MaxFileBytes = 512 << 20;

    /// <summary>Finds the changed blocks of a span, or why they cannot be known.</summary>
    /// <param name="from">Start of the parent.</param>
    /// <param name="until">Start of the backup that is running.</param>
    public async Task<(ChangedBlocks? Changes, string? Reason)> FindAsync(
        ServerFacts facts, TimelineHistory history, Lsn from, Lsn until, CancellationToken cancellationToken)
    {
        if (facts.Wal.Summarize is null)
            return (null, $"PostgreSQL {facts.Major} does not sum up its WAL");

        if (facts.Wal.Summarize is false)
            return (null, "summarize_wal is off");

        if (await WaitAsync(until, cancellationToken).ConfigureAwait(false) is { } late)
            return (null, late);

        return Read($"{facts.DataDirectory}/pg_wal/summaries", history, from, until);
    }

    async Task<string?> WaitAsync(Lsn until, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();

        while (true)
        {
            if (await server.SummarizedWalAsync(cancellationToken).ConfigureAwait(false) is not { } summarized)
                return "the server's process that sums up WAL does not run";

            if (summarized.Lsn >= until)
                return null;

            if (time.GetElapsedTime(began) > Patience)
                return $"WAL is summed up to {summarized.Lsn} only, and {until} was waited for";

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    (ChangedBlocks? Changes, string? Reason) Read(string folder, TimelineHistory history, Lsn from, Lsn until)
    {
        var available = new List<WalSummaryName>();

        foreach (var file in files.List(folder))
            if (file.Kind == FileKind.File && WalSummaryName.TryParse(file.Name, out var name))
                available.Add(name);

        var chosen = SummaryCoverage.Choose(available, history, from, until, out var gap);

        if (gap is not null)
            return (null, $"no WAL summary speaks of {gap}");

        var changes = new ChangedBlocks();

        foreach (var name in chosen)
        {
            if (files.ReadAll($"{folder}/{name}", MaxFileBytes) is not { } content)
                return (null, $"WAL summary '{name}' was removed while it was needed");

            try
            {
                WalSummaryReader.Read(content, changes);
            }
            catch (PostgresFormatException e)
            {
                return (null, string.Create(
                    CultureInfo.InvariantCulture, $"WAL summary '{name}' cannot be used: {e.Message}"));
            }
        }

        return (changes, null);
    }
}
