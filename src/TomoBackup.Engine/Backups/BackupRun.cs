using System.Text;
using System.Text.Json;
using TomoBackup.Backups.Changes;
using TomoBackup.Codecs;
using TomoBackup.Operations;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Server;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Backups;

/// <summary>One attempt at a backup under one id and one epoch, from backup mode to the manifest.</summary>
/// <param name="parent">What an incremental backup builds on; null for a full.</param>
sealed class BackupRun(
    BackupContext context,
    BackupOptions options,
    ServerFacts facts,
    string backup,
    EpochId epoch,
    EpochKey key,
    ParentBackup? parent)
{
    const int MaxLabelChars = 200;

    readonly TimeProvider _time = context.Time;
    readonly string _generation = parent?.Manifest.Generation ?? backup;
    readonly string _prefix = RepositoryLayout.Backup(
        context.Lineage.Id, parent?.Manifest.Generation ?? backup, backup);
    ChangeSource? _source;

    /// <summary>Runs it.</summary>
    public async Task<BackupReport> RunAsync(CancellationToken cancellationToken)
    {
        var clock = new PhaseClock(_time);
        var started = _time.GetUtcNow();
        var databases = await context.Server.ReadDatabasesAsync(cancellationToken).ConfigureAwait(false);

        context.Progress.Report(new OperationProgress("waiting for the checkpoint", 0, null));
        var start = await context.Server
            .StartBackupAsync(LabelText(started), options.FastCheckpoint, cancellationToken).ConfigureAwait(false);
        clock.End("checkpoint");

        var factory = new PackFactory(
            context.Repository, _prefix, context.Lineage.Id, epoch, key, context.Entropy, parent?.LastPack ?? 0);

        var (stop, copied) = await CopyAsync(factory, start, clock, cancellationToken).ConfigureAwait(false);
        var label = BackupLabel.Parse(Encoding.UTF8.GetString(stop.Label.Span));

        await WriteClusterAsync(factory, stop, databases, cancellationToken).ConfigureAwait(false);
        var wal = await CollectWalAsync(label, stop, cancellationToken).ConfigureAwait(false);
        clock.End("wal");

        var manifest = Describe(started, label, stop, copied, wal, [.. factory.Committed, .. wal.Objects]);
        await ListBackAsync(manifest, cancellationToken).ConfigureAwait(false);
        var audit = await AuditAsync(manifest, cancellationToken).ConfigureAwait(false);
        manifest = manifest with { AuditedPages = audit?.Pages };
        await Catalog.PublishAsync(context.Repository, manifest, context.Signer, cancellationToken)
            .ConfigureAwait(false);
        await LastingLocks.RenewAsync(context.Repository.Store, cancellationToken).ConfigureAwait(false);
        clock.End("publish");

        return new BackupReport(
            manifest, copied.Damage, BackupRefusals.Warnings(facts, databases), copied.VanishedFiles, clock.Phases())
        {
            CopiedBytes = copied.Bytes,
            Audit = audit,
            ChangesByPage = _source?.Explanation,
        };
    }

    async Task<(BackupStop Stop, CopiedFiles Copied)> CopyAsync(
        PackFactory factory, Lsn start, PhaseClock clock, CancellationToken cancellationToken)
    {
        var watchdog = new SessionWatchdog(context.Server, _time, cancellationToken);

        await using (watchdog.ConfigureAwait(false))
        {
            try
            {
                _source = await FindChangesAsync(start, watchdog.Token).ConfigureAwait(false);
                using var copy = new DataDirectoryCopy(context, options, facts, factory, start, _source);
                var copied = await copy.RunAsync(watchdog.Token).ConfigureAwait(false);
                clock.Split("copy", copied.LastByteRead, "sync");

                // After this call the session is out of backup mode; it must not be cancelled half way (facts §0.3).
                var stop = await context.Server.StopBackupAsync(CancellationToken.None).ConfigureAwait(false);
                return (stop, copied);
            }
            catch (OperationCanceledException) when (watchdog.Failure is { } lost)
            {
                throw SessionLost(lost);
            }
            catch (PostgresServerException e) when (e.Failure == ServerFailure.SessionLost)
            {
                throw SessionLost(e);
            }
        }
    }

    /// <summary>Before the manifest is published: what differs must never count as good.</summary>
    async Task<AuditReport?> AuditAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        const int Named = 3;

        if (!options.Audit)
            return null;

        context.Progress.Report(new OperationProgress("comparing with the cluster", 0, null));
        var audit = new ChainAudit(context.Files, _time, facts.DataDirectory, manifest.StartLsn, facts.DataChecksums);
        var report = await audit
            .RunAsync(
                new BackupContents(context.Repository, manifest, context.Keys), manifest, options.Workers,
                cancellationToken)
            .ConfigureAwait(false);

        return report.Differences is { Count: > 0 } files
            ? throw TomoBackupException.Create(
                ErrorCode.Damaged,
                $"backup '{backup}' would bring back {files.Sum(f => (long)f.Blocks.Count)} pages that are not the "
                    + "cluster's: "
                    + string.Join(", ", files.Take(Named).Select(f => $"'{f.Path}' block {f.Blocks[0]}")),
                hint: "It was not published. Take a full backup now with 'tomo-backup backup --full', and report this: "
                    + "a WAL summary or this program missed a change.")
            : report;
    }

    async Task<ChangeSource?> FindChangesAsync(Lsn start, CancellationToken cancellationToken)
    {
        if (parent is null)
            return null;

        if (start <= parent.Manifest.StartLsn)
            throw TomoBackupException.Create(
                ErrorCode.TryAgain,
                $"this backup would start at {start}, before its parent '{parent.Manifest.Backup}'",
                hint: "The cluster was put back meanwhile. Run the backup again.");

        context.Progress.Report(new OperationProgress("reading WAL summaries", 0, null));
        var history = ServerTimeline.Read(context.Files, facts);
        var (changes, reason) = await new SummarySearch(context.Server, context.Files, _time)
            .FindAsync(facts, history, parent.Manifest.StartLsn, start, cancellationToken).ConfigureAwait(false);
        return new ChangeSource(parent, changes, reason);
    }

    async Task WriteClusterAsync(
        PackFactory factory,
        BackupStop stop,
        IReadOnlyList<DatabaseFacts> databases,
        CancellationToken cancellationToken)
    {
        var document = ClusterDescription.Describe(options, facts, stop, databases, ReadHistories());
        var json = JsonSerializer.SerializeToUtf8Bytes(document, RepositoryJson.Default.ClusterDocument);
        using var compressor = new ZstdCompressor(options.CompressionLevel);
        var pack = await factory
            .CreateAsync(RepositoryLayout.ClusterName, PackKind.Cluster, null, compressor, cancellationToken)
            .ConfigureAwait(false);

        await using (pack.ConfigureAwait(false))
        {
            for (var at = 0; at < json.Length; at += PackSink.FrameBytes)
                await pack.WriteFrameAsync(
                    json.AsMemory(at, Math.Min(PackSink.FrameBytes, json.Length - at)), cancellationToken)
                    .ConfigureAwait(false);

            factory.Note(
                RepositoryLayout.ClusterName, await pack.CommitAsync(default, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>History files are tiny and never expire: every backup carries those it finds.</summary>
    List<NamedContent> ReadHistories()
    {
        var folder = $"{facts.DataDirectory}/pg_wal";
        var histories = new List<NamedContent>();

        foreach (var file in context.Files.List(folder))
            if (file.Kind == FileKind.File && WalName.IsHistory(file.Name)
                && context.Files.ReadAll($"{folder}/{file.Name}", 1 << 20) is { } content)
                histories.Add(new NamedContent(file.Name, content));

        histories.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return histories;
    }

    async Task<CollectedWal> CollectWalAsync(BackupLabel label, BackupStop stop, CancellationToken cancellationToken)
    {
        var size = new WalSegmentSize(facts.Wal.SegmentSize);
        var first = WalSegment.Containing(label.StartWal, label.StartTimeline, size);
        var last = WalSegment.LastBefore(stop.Lsn, label.StartTimeline, size);
        var collector = new WalCollector(
            context.Repository, new WalArchive(context.Repository, context.Lineage.Id), _prefix, _time);

        var files = await collector.WaitAsync(
            first, last, size, options.WalTimeout,
            name => context.Progress.Report(new OperationProgress("waiting for WAL", 0, null, name)),
            cancellationToken).ConfigureAwait(false);

        return new CollectedWal(
            first.Name(size), last.Name(size), await collector.CopyAsync(files, cancellationToken)
                .ConfigureAwait(false));
    }

    Manifest Describe(
        DateTimeOffset started,
        BackupLabel label,
        BackupStop stop,
        CopiedFiles copied,
        CollectedWal wal,
        IReadOnlyList<ManifestObject> objects)
        => new()
        {
            Format = Manifest.CurrentFormat,
            Cluster = context.Lineage.Cluster,
            Lineage = context.Lineage.Id,
            SystemIdentifier = context.Lineage.SystemIdentifier,
            MajorVersion = facts.Major,
            ServerVersion = facts.Version,
            Backup = backup,
            Generation = _generation,
            Kind = parent is null ? Manifest.Full : Manifest.Incremental,
            Parent = parent?.Manifest.Backup,
            State = copied.Damage.Count == 0 ? Manifest.Good : Manifest.Damaged,
            DamagedBlocks = copied.Damage.Sum(d => d.Blocks.Count),
            Started = started,
            Stopped = copied.Stopped,
            StartLsn = label.StartWal,
            StopLsn = stop.Lsn,
            Timeline = label.StartTimeline,
            WalFirst = wal.First,
            WalLast = wal.Last,
            WalSegmentSize = facts.Wal.SegmentSize,
            BlockSize = copied.Control.BlockBytes,
            SegmentBlocks = checked((int)copied.Control.BlocksPerSegment),
            DataChecksums = facts.DataChecksums,
            Epoch = epoch,
            FileCount = copied.Files,
            FileBytes = copied.Bytes + copied.ReferencedBytes,
            StoredBytes = objects.Sum(o => o.Length),
            Objects = [.. objects.OrderBy(o => o.Name, StringComparer.Ordinal)],
            References = parent?.Packs ?? [],
            Tool = context.Tool,
        };

    async Task ListBackAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        context.Progress.Report(new OperationProgress("listing back", 0, null));
        var listed = new Dictionary<string, long>(StringComparer.Ordinal);

        await foreach (var entry in context.Repository.Store
            .ListAsync(RepositoryLayout.Generation(context.Lineage.Id, _generation), cancellationToken)
            .ConfigureAwait(false))
            listed[entry.Key.Value] = entry.Length;

        // Packs of earlier backups too: they may have gone while this one was taken.
        foreach (var (key, length) in manifest.Objects.Select(o => (Key: _prefix + o.Name, o.Length))
            .Concat(StoredPack.Of(manifest).Values.Select(pack => (pack.Key.Value, pack.Object.Length))))
            if (!listed.TryGetValue(key, out var found) || found != length)
                throw TomoBackupException.Create(
                    ErrorCode.RepositoryDamaged,
                    $"backup '{backup}' needs '{key}', which repository '{context.Repository.Name}' does not list "
                        + "with its size",
                    hint: "The backup was given up, earlier ones are as they were. Check the store.");
    }

    string LabelText(DateTimeOffset started)
        => string.IsNullOrEmpty(options.Label)
            ? $"tomo-backup {backup}"
            : $"tomo-backup {backup} {OneLine(options.Label)}";

    /// <summary>A newline in the label would end up in backup_label, which PostgreSQL parses by lines (facts
    /// §1.3).</summary>
    static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length > MaxLabelChars ? line[..MaxLabelChars] : line;
    }

    TomoBackupException SessionLost(Exception cause)
        => TomoBackupException.Create(
            ErrorCode.TryAgain,
            $"the server left backup mode while cluster '{context.Lineage.Cluster}' was being copied: {cause.Message}",
            hint: "The server was restarted or the session was ended; a pooler between us must be in session mode. "
                + "Run the backup again.",
            cause: cause);

    sealed record CollectedWal(string First, string Last, IReadOnlyList<ManifestObject> Objects);
}
