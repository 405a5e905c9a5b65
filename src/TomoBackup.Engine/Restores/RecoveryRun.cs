using System.Text;
using TomoBackup.Operations;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Server;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Restores;

/// <summary>
/// Starts the restored server and watches recovery to the planned position. That a server takes connections proves
/// nothing: what it replayed is read from its own log and from the history file it writes, and compared with the plan.
/// </summary>
sealed class RecoveryRun(RestoreContext context, IProcessRunner processes)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LastFetch = TimeSpan.FromSeconds(30);
    const int MaxLogBytes = 256 << 20;

    /// <summary>Runs recovery to its end; the server goes on running.</summary>
    public async Task<RecoveryReport> RunAsync(
        RestorePlan plan, RestoreOptions options, CancellationToken cancellationToken)
    {
        var installation = await PostgresInstallation
            .FindAsync(plan.Backup.MajorVersion, options.PostgresBinaries, processes, cancellationToken)
                .ConfigureAwait(false)
            ?? throw TomoBackupException.Create(
                ErrorCode.Unavailable,
                $"there is no PostgreSQL {plan.Backup.MajorVersion} on this host",
                hint: "The files are restored. Install it, or name its program folder with '--postgres', and start "
                    + "the server.");

        using var server = new ServerProcess(installation, options.Directory, processes, context.Time);
        var logFile = $"{options.Directory}/{RecoverySession.Folder}/recovery.log";
        var began = context.Time.GetTimestamp();
        server.Start(await SettingsAsync(plan, options, cancellationToken).ConfigureAwait(false), logFile);

        var log = await WatchAsync(server, plan, logFile, cancellationToken).ConfigureAwait(false);
        var kept = KeepLog(options.Directory, logFile);
        var report = new RecoveryReport(
            ReachedEnd(options.Directory, log), LastTransaction(plan, log), log.NewTimeline,
            context.Time.GetElapsedTime(began), kept, log.Paused);

        Compare(plan, report, log);
        await CleanUpAsync(options, cancellationToken).ConfigureAwait(false);
        return report;
    }

    /// <summary>Logging stays on the one file that is watched; everything else is as the cluster's configuration
    /// says.</summary>
    async Task<Dictionary<string, string>> SettingsAsync(
        RestorePlan plan, RestoreOptions options, CancellationToken cancellationToken)
    {
        var outside = options.InPlace
            ? OutsideConfiguration.InPlace(
                await new BackupContents(context.Repository, plan.Backup, context.Sources.Keys)
                    .ReadClusterAsync(cancellationToken).ConfigureAwait(false),
                options.Directory)
            : OutsideConfiguration.Settings(context.Files, options.Directory);

        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["logging_collector"] = "off",
            ["log_destination"] = "stderr",
            ["log_min_messages"] = "warning",
        };

        foreach (var (name, value) in outside)
            settings[name] = value;

        foreach (var (name, value) in options.Settings)
            settings[name] = value;

        return settings;
    }

    async Task<RecoveryLog> WatchAsync(
        ServerProcess server, RestorePlan plan, string logFile, CancellationToken cancellationToken)
    {
        while (true)
        {
            var log = ReadLog(logFile);

            if (log.Complete && log.NewTimeline is not null || log.Paused)
            {
                await server.WaitUntilAcceptingAsync(TimeSpan.FromMinutes(10), cancellationToken).ConfigureAwait(false);
                return ReadLog(logFile);
            }

            if (server.ExitCode is { } code)
                throw TomoBackupException.Create(
                    ErrorCode.RecoveryFailed,
                    $"PostgreSQL gave up recovery to {plan.Target} with exit code {code}: {log.LastWords}",
                    hint: $"Its log is '{logFile}'. The directory is intact; nothing was opened for writing.");

            context.Progress.Report(
                new OperationProgress("replaying WAL", log.RestoredFiles * (long)plan.Backup.WalSegmentSize, null,
                    log.LastRestoredFile));
            await Task.Delay(Pause, context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    RecoveryLog ReadLog(string logFile)
        => context.Files.ReadAll(logFile, MaxLogBytes) is { } bytes
            ? RecoveryLog.Parse(Encoding.UTF8.GetString(bytes).Split('\n'))
            : new RecoveryLog();

    /// <summary>The history file says where the old timeline was left: the end of the last record replayed.</summary>
    Lsn? ReachedEnd(string directory, RecoveryLog log)
    {
        if (log.NewTimeline is not { } timeline)
            return null;

        var path = $"{directory}/pg_wal/{timeline:X8}.history";

        return context.Files.ReadAll(path, 1 << 20) is { } bytes
            ? TimelineHistory.Parse(timeline, Encoding.UTF8.GetString(bytes)).Start
            : null;
    }

    /// <summary>PostgreSQL notes the time of a commit when it goes on from it: not of one that it stops right behind
    /// (recoveryStopsAfter in xlogrecovery.c). There the plan knows, and the end that was reached proves it.</summary>
    static DateTimeOffset? LastTransaction(RestorePlan plan, RecoveryLog log)
        => plan.Goal.StopsBehindARecord ? plan.LastCommit ?? log.LastTransaction : log.LastTransaction;

    static void Compare(RestorePlan plan, RecoveryReport report, RecoveryLog log)
    {
        var reason = (plan.ExpectedEnd, report.ReachedEnd, report.Paused) switch
        {
            ({ } expected, { } reached, false) when expected != reached
                => $"it replayed to {reached}, the plan was {expected}",
            (_, null, false) => "it left no history file to say how far it replayed",
            _ when log.Consistent is null => "it never said that it was consistent",
            _ when plan.LastCommit is { } planned && report.LastTransaction is { } last && !SameMoment(planned, last)
                => $"its last transaction was at {last:u}, the plan was {planned:u}",
            _ => null,
        };

        if (reason is not null)
            throw TomoBackupException.Create(
                ErrorCode.RecoveryFailed,
                $"recovery did not arrive where it was planned: {reason}",
                hint: $"The server's log is '{report.LogFile}'. Do not use this cluster before someone has looked at "
                    + "it.");
    }

    /// <summary>The log rounds some times to milliseconds.</summary>
    static bool SameMoment(DateTimeOffset a, DateTimeOffset b) => (a - b).Duration() < TimeSpan.FromMilliseconds(1);

    /// <summary>The session's folder goes; the log is evidence and stays.</summary>
    string KeepLog(string directory, string logFile)
    {
        var kept = $"{directory}/tomo-backup-recovery.log";

        if (context.Files.ReadAll(logFile, MaxLogBytes) is { } bytes)
            context.Files.WriteReplace(kept, bytes, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        return kept;
    }

    /// <summary>Recovery settings are of no more use, and the keys in the session even less.</summary>
    async Task CleanUpAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        if (options.Pause)
            return;

        var path = $"{options.Directory}/postgresql.auto.conf";

        if (context.Files.ReadAll(path, 16 << 20) is { } bytes)
            context.Files.WriteReplace(
                path,
                Encoding.UTF8.GetBytes(
                    RecoveryConfiguration.Without(Encoding.UTF8.GetString(bytes))
                    + RecoveryConfiguration.Lasting(options.InPlace)),
                UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var folder = $"{options.Directory}/{RecoverySession.Folder}";
        var began = context.Time.GetTimestamp();
        IDisposable? alone;

        // A process that fetches ahead may still be writing there.
        while ((alone = RecoverySession.TryLock(context.Files, folder)) is null
            && context.Files.Stat(folder) is not null
            && context.Time.GetElapsedTime(began) < LastFetch)
            await Task.Delay(Pause, context.Time, cancellationToken).ConfigureAwait(false);

        using (alone)
            context.Files.DeleteTree(folder);
    }
}
