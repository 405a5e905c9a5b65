using System.Text;
using TomoBackup.Postgres.Server;
using TomoBackup.Postgres.Wal;
using TomoBackup.Storage;

namespace TomoBackup.Backups;

/// <summary>The ancestry of the timeline that a server writes, from the history files in its data directory.</summary>
static class ServerTimeline
{
    const int MaxBytes = 1 << 20;

    /// <summary>Reads it. A timeline whose file is not there has no known ancestors.</summary>
    public static TimelineHistory Read(IFileSystem files, ServerFacts facts)
        => files.ReadAll($"{facts.DataDirectory}/pg_wal/{facts.Timeline:X8}.history", MaxBytes) is { } content
            ? TimelineHistory.Parse(facts.Timeline, Encoding.UTF8.GetString(content))
            : TimelineHistory.WithoutAncestors(facts.Timeline);
}
