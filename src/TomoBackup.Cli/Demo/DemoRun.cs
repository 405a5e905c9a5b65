using System.Globalization;
using System.Text;
using TomoBackup.Backups;
using TomoBackup.Cli.Output;
using TomoBackup.Cli.Verbs;
using TomoBackup.Operations;
using TomoBackup.Postgres.Server;
using TomoBackup.Restores;
using TomoBackup.Storage;

namespace TomoBackup.Cli.Demo;

/// <summary>
/// The main job on real data, in one go: back up and archive a cluster under load, lose its data directory, restore to
/// a moment between two commits, and compare what came back with what was noted before. Nothing here is special to the
/// demonstration: it opens the same door as every other verb.
/// </summary>
sealed class DemoRun(DemoOptions options, string folder, VerbContext context, IProgress<OperationProgress> progress)
{
    const int Writers = 3;
    const int CommitsBefore = 40;
    const int CommitsAfterBackup = 200;
    const int CommitsAfterMoment = 60;
    const int CommitsUnarchived = 15;
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan ArchivePatience = TimeSpan.FromSeconds(120);

    readonly Report _report = context.Report;

    string PolicyFile => $"{folder}/policy.yaml";

    /// <summary>Runs all of it and answers what was proven.</summary>
    public async Task<DemoProof> RunAsync(CancellationToken cancellationToken)
    {
        var cluster = await MakeClusterAsync(cancellationToken).ConfigureAwait(false);

        await using (cluster.ConfigureAwait(false))
        {
            WritePolicy(cluster);
            var door = OpenDoor();
            await cluster.StartAsync(cancellationToken).ConfigureAwait(false);
            await door.InitAsync(new KeyOptions(), cancellationToken).ConfigureAwait(false);
            _report.Say($"      repository, signing key and two recovery keys in '{folder}'; each key was tried");

            var moment = await LiveAsync(cluster, door, cancellationToken).ConfigureAwait(false);
            await DestroyAsync(cluster, cancellationToken).ConfigureAwait(false);
            return await RecoverAsync(cluster, door, moment, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<DemoCluster> MakeClusterAsync(CancellationToken cancellationToken)
    {
        var installation = await PostgresInstallation
            .FindAsync(DemoCluster.Major, options.PostgresFolder, ProcessRunner.Instance, cancellationToken)
            .ConfigureAwait(false)
            ?? throw TomoBackupException.Create(
                ErrorCode.NotFound,
                $"no PostgreSQL {DemoCluster.Major} with pgvector and Apache AGE was found",
                hint: "Name the folder of its programs with '--postgres'; './quickstart' fetches one.");

        _report.Say($"[1/6] a PostgreSQL {installation.Version} cluster in '{folder}/data'");
        var program = context.Environment(progress).Program;

        return await DemoCluster.InitializeAsync(
            installation,
            new DemoClusterOptions
            {
                DataDirectory = $"{folder}/data",
                SocketDirectory = folder,
                LogFile = $"{folder}/server.log",
                ArchiveCommand = $"\"{program}\" --policy \"{PolicyFile}\" wal push %p",
            },
            ProcessRunner.Instance,
            context.Time,
            cancellationToken).ConfigureAwait(false);
    }

    void WritePolicy(DemoCluster cluster)
        => context.Files.WriteNew(
            PolicyFile,
            Encoding.UTF8.GetBytes(
                $$"""
                version: 1
                clusters:
                  demo: { connection: "{{cluster.Connection}}", data_directory: "{{cluster.DataDirectory}}" }
                repositories:
                  local: { store: "file://{{folder}}/repository" }
                encryption: { identity: { file: "{{folder}}/recovery.key" } }
                state_directory: "{{folder}}/state"

                """),
            Private);

    ClusterDoor OpenDoor()
    {
        var policy = Policies.PolicyFile.Load(PolicyFile, context.Files);
        return new ClusterDoor(context.Environment(progress), policy, policy.Clusters[0], policy.StateDirectory!);
    }

    /// <summary>The cluster at work: data, writers, a backup under load, a moment that is noted, and life goes
    /// on.</summary>
    async Task<DemoMoment> LiveAsync(DemoCluster cluster, ClusterDoor door, CancellationToken cancellationToken)
    {
        await LoadAsync(cluster, cancellationToken).ConfigureAwait(false);
        using var ledger = new DemoLedger(cluster.OpenAsync, options.Plan, context.Time);
        await ledger.WriteAsync(CommitsBefore, cancellationToken).ConfigureAwait(false);

        var backup = await BackupUnderLoadAsync(ledger, door, cancellationToken).ConfigureAwait(false);
        await ledger.WriteAsync(CommitsAfterBackup, cancellationToken).ConfigureAwait(false);

        var moment = await ledger.MarkAsync(cancellationToken).ConfigureAwait(false);
        await ledger.WriteAsync(CommitsAfterMoment, cancellationToken).ConfigureAwait(false);
        await ArchiveAsync(cluster, cancellationToken).ConfigureAwait(false);
        await ledger.WriteAsync(CommitsUnarchived, cancellationToken).ConfigureAwait(false);

        _report.Say(
            $"[4/6] the moment to come back to: {Moment(moment.Time)}, between commits {moment.Commits} and "
            + $"{moment.Commits + 1} of {ledger.Acknowledged.Count} that the server acknowledged");
        _report.Detail($"backup {backup.Manifest.Backup}");
        return moment;
    }

    async Task LoadAsync(DemoCluster cluster, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        var session = await cluster.OpenAsync(cancellationToken).ConfigureAwait(false);
        long bytes;

        await using (session.ConfigureAwait(false))
            bytes = await DemoContent.LoadAsync(session, options.Plan, cancellationToken).ConfigureAwait(false);

        _report.Say(
            $"[2/6] {Readable.Size(bytes)} of accounts, documents, embeddings with an HNSW index and an AGE graph, in "
            + Readable.Span(context.Time.GetElapsedTime(began)));
    }

    async Task<BackupReport> BackupUnderLoadAsync(
        DemoLedger ledger, ClusterDoor door, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = ledger.KeepWritingAsync(Writers, Pause, stop.Token);
        var before = ledger.Acknowledged.Count;
        BackupOutcome outcome;

        try
        {
            outcome = await door.BackupAsync(new BackupOptions { Label = "demo" }, null, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }

        var backup = ((BackupOutcome.Taken)outcome).Report;
        var manifest = backup.Manifest;
        _report.Say(
            $"[3/6] full backup while {Writers} writers made {ledger.Acknowledged.Count - before} commits: "
            + $"{Readable.Size(manifest.FileBytes)} stored as {Readable.Size(manifest.StoredBytes)}, encrypted, in "
            + $"{Readable.Span(backup.Phases.Total)}");
        return backup;
    }

    /// <summary>What a minute of archive_timeout would do: the segment with the moment leaves the host.</summary>
    async Task ArchiveAsync(DemoCluster cluster, CancellationToken cancellationToken)
    {
        var server = await NpgsqlServer.OpenAsync(cluster.Connection, cancellationToken).ConfigureAwait(false);

        await using (server.ConfigureAwait(false))
        {
            var facts = await server.ReadFactsAsync(cancellationToken).ConfigureAwait(false);
            var end = await server.SwitchWalAsync(cancellationToken).ConfigureAwait(false);
            var size = new Postgres.Wal.WalSegmentSize(facts.Wal.SegmentSize);
            var name = Postgres.Wal.WalSegment.LastBefore(end, facts.Timeline, size).Name(size);
            var began = context.Time.GetTimestamp();

            while (string.CompareOrdinal(
                (await server.ArchiverStatusAsync(cancellationToken).ConfigureAwait(false)).LastArchivedFile, name) < 0)
            {
                if (context.Time.GetElapsedTime(began) > ArchivePatience)
                    throw TomoBackupException.Create(
                        ErrorCode.TryAgain,
                            $"PostgreSQL did not archive '{name}' within {Readable.Span(ArchivePatience)}",
                        hint: $"Look into '{folder}/server.log'.");

                await Task.Delay(Pause, context.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    async Task DestroyAsync(DemoCluster cluster, CancellationToken cancellationToken)
    {
        await cluster.DestroyAsync(context.Files, cancellationToken).ConfigureAwait(false);
        _report.Say($"[5/6] the server was killed and its data directory deleted, WAL and all");

        if (options.Damage)
        {
            var frame = DemoDamage.Spoil(context.Files, $"{folder}/repository");
            _report.Say($"      and frame {frame.Frame} of '{frame.Path}' was spoiled on request");
        }
    }

    async Task<DemoProof> RecoverAsync(
        DemoCluster cluster, ClusterDoor door, DemoMoment moment, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        var report = await door.RestoreAsync(
            new RestoreOptions
            {
                Target = new RestoreTarget.Time(moment.Time, Exclusive: false),
                Directory = cluster.DataDirectory,
                Start = true,
                PostgresBinaries = cluster.Installation.BinDirectory,
            },
            null, new KeyOptions(), static _ => { }, cancellationToken).ConfigureAwait(false);
        var took = context.Time.GetElapsedTime(began);
        var recovery = report.Recovery!;

        _report.Say(
            $"[6/6] restored {Readable.Size(report.Bytes)} in {Readable.Span(report.Copy + report.Sync)}, replayed to "
            + $"{recovery.ReachedEnd} as planned, opened on timeline {recovery.NewTimeline}");

        CheckLog(report, moment);
        var found = await CompareAsync(cluster, moment, cancellationToken).ConfigureAwait(false);
        return new DemoProof(moment, found, took);
    }

    /// <summary>PostgreSQL's own account of the recovery, read once more and apart from what the restore
    /// concluded.</summary>
    void CheckLog(RestoreReport report, DemoMoment moment)
    {
        var bytes = context.Files.ReadAll(report.Recovery!.LogFile, 64 << 20) ?? [];
        var log = RecoveryLog.Parse(Encoding.UTF8.GetString(bytes).Split('\n'));

        if (log.Stop is not { Reason: RecoveryStopReason.Commit, Inclusive: false, Time: { } stopped }
            || stopped <= moment.Time)
            throw NotProven(
                $"PostgreSQL's log does not say that recovery stopped before a commit behind {Moment(moment.Time)}");

        if (log.LastTransaction is not { } last || last > moment.Time)
            throw NotProven("PostgreSQL's log does not say that the last transaction replayed lies before the moment");

        if (!log.Complete || log.NewTimeline is null || log.Fatal.Count > 0)
            throw NotProven("PostgreSQL's log does not say that recovery was completed");
    }

    async Task<DemoState> CompareAsync(
        DemoCluster cluster, DemoMoment moment, CancellationToken cancellationToken)
    {
        var session = await cluster.OpenAsync(cancellationToken).ConfigureAwait(false);

        await using (session.ConfigureAwait(false))
        {
            var (found, differences) = await new DemoOracle(moment.Expected).CompareAsync(session, cancellationToken)
                .ConfigureAwait(false);

            foreach (var difference in differences)
                _report.Say($"      differs: {difference}");

            return differences.Count == 0 && found is not null
                ? found
                : throw NotProven($"{differences.Count} things differ from what was noted at {Moment(moment.Time)}");
        }
    }

    static TomoBackupException NotProven(string reason)
        => TomoBackupException.Create(ErrorCode.RecoveryFailed, $"nothing is proven: {reason}");

    static string Moment(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff 'UTC'", CultureInfo.InvariantCulture);
}
