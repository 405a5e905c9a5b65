using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Operations;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Verification;

/// <summary>
/// Compares what a repository holds of a cluster with what its signed documents say, and says what any difference
/// costs. It changes nothing, and never stops at damage: what cannot be had at all (a store out of reach, a key) is
/// thrown.
/// </summary>
sealed class VerifyOperation(
    Repository repository,
    Lineage lineage,
    IEpochKeys? keys,
    TimeProvider time,
    IProgress<OperationProgress> progress)
{
    /// <summary>Verifies.</summary>
    /// <exception cref="TomoBackupException"><see cref="ErrorCode.NotFound"/> where the chosen backup is not there, and
    /// <see cref="ErrorCode.KeyMissingOrWrong"/> where a key is needed and not at hand.</exception>
    public async Task<VerifyReport> RunAsync(VerifyOptions options, CancellationToken cancellationToken)
    {
        if (options.Deep && keys is null)
            throw TomoBackupException.Create(
                ErrorCode.KeyMissingOrWrong,
                "every frame can be checked only with the keys, and none were given",
                hint: "Give the recovery key with '--identity FILE', or verify without '--deep'.");

        var (started, began) = (time.GetUtcNow(), time.GetTimestamp());
        var reading = new ReadingProgress(progress);
        var context = new VerifyContext(repository, lineage, new Findings(), reading);

        reading.Begin("listing");
        var inventory = await Inventory.ReadAsync(repository, lineage, cancellationToken).ConfigureAwait(false);
        var run = new VerifyRun(context, inventory, options);
        await run.CheckListingAsync(cancellationToken).ConfigureAwait(false);

        if (options.Deep)
            await run.ReadAllAsync(keys!, cancellationToken).ConfigureAwait(false);

        var windows = await run.SurveyAsync(cancellationToken).ConfigureAwait(false);

        return new VerifyReport
        {
            Deep = options.Deep,
            Started = started,
            Elapsed = time.GetElapsedTime(began),
            Backups = [.. run.Chosen.Select(b => b.Backup)],
            Objects = inventory.Objects,
            Bytes = inventory.Bytes,
            BytesRead = reading.Done,
            Findings = context.Findings.Sorted(),
            Windows = windows,
        };
    }
}

/// <summary>The steps of one verification, in their order.</summary>
sealed class VerifyRun(VerifyContext context, Inventory inventory, VerifyOptions options)
{
    readonly List<(Manifest Backup, IReadOnlyList<PresentObject> Present)> _readable = [];
    IReadOnlyDictionary<EpochId, EpochRecord> _epochs = new Dictionary<EpochId, EpochRecord>();
    IReadOnlyList<Manifest> _backups = [];
    IReadOnlyList<ArchivedTimeline> _timelines = [];
    WalSegmentSize? _size;

    /// <summary>The backups that are looked at.</summary>
    public IReadOnlyList<Manifest> Chosen { get; private set; } = [];

    bool IncludesArchive => options.Backup is null;

    Costs Costs => field ??= new Costs(_backups);

    /// <summary>All that needs no key.</summary>
    public async Task CheckListingAsync(CancellationToken cancellationToken)
    {
        var backupCheck = new BackupCheck(context, inventory);
        _backups = await backupCheck.ReadManifestsAsync(cancellationToken).ConfigureAwait(false);
        Chosen = backupCheck.Choose(_backups, options.Backup);
        backupCheck.ReportManifests(options.Backup ?? "");

        var archiveCheck = new ArchiveCheck(context, inventory, _backups, Costs);
        _size = await archiveCheck.FindSegmentSizeAsync(cancellationToken).ConfigureAwait(false);

        if (_size is { } size)
            _timelines = ArchivedTimeline.Of(inventory.Wal, size);

        var lineageCheck = new LineageCheck(context, inventory, Costs);
        await lineageCheck.CheckMarkerAsync(cancellationToken).ConfigureAwait(false);
        await lineageCheck.CheckRecordsAsync(_timelines.Select(t => t.Timeline), cancellationToken)
            .ConfigureAwait(false);
        _epochs = await new EpochCheck(context, inventory, Costs).RunAsync(_backups, cancellationToken)
            .ConfigureAwait(false);

        foreach (var backup in Chosen)
        {
            var present = await backupCheck.CheckAsync(backup, Costs, cancellationToken).ConfigureAwait(false);
            _readable.Add((backup, present));
        }

        if (!IncludesArchive)
            return;

        backupCheck.ReportUnfinished(_backups);
        await CheckAnnouncementsAsync(cancellationToken).ConfigureAwait(false);
        ReportNames();

        if (_size is { } known)
            await archiveCheck.RunAsync(_timelines, known, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All that needs keys.</summary>
    public async Task ReadAllAsync(IEpochKeys keys, CancellationToken cancellationToken)
    {
        var verified = new VerifiedKeys(keys, _epochs);
        var packs = new PackInspection(context, verified);
        using var idKey = await TryReadIdKeyAsync(verified, cancellationToken).ConfigureAwait(false);
        var wal = new WalReading(packs, idKey);
        var reading = new DeepReading(packs, wal, options.Workers);
        var archive = IncludesArchive ? inventory.Wal.Concat(inventory.Histories).ToList() : [];

        context.Progress.Expect(_readable.Sum(b => b.Present.Sum(o => o.Named.Length)) + archive.Sum(f => f.Length));

        foreach (var generation in _readable.GroupBy(b => b.Backup.Generation))
            await reading.ReadGenerationAsync([.. generation], Costs, cancellationToken).ConfigureAwait(false);

        await reading.ReadArchiveAsync(archive, Costs, _size, cancellationToken).ConfigureAwait(false);

        if (_size is { } size && IncludesArchive)
            new ForkCheck(context, _timelines, Costs, size).Run(wal.Histories);
    }

    /// <summary>The windows of recovery, as far as they were looked at.</summary>
    public async Task<IReadOnlyList<RecoveryWindow>> SurveyAsync(CancellationToken cancellationToken)
        => IncludesArchive && _size is { } size
            ? await new WindowSurvey(context, _backups, size).RunAsync(_timelines, cancellationToken)
                .ConfigureAwait(false)
            : [];

    /// <summary>Null where its epoch is damaged, which was reported: names cannot be compared with contents
    /// then.</summary>
    async Task<IdKey?> TryReadIdKeyAsync(VerifiedKeys keys, CancellationToken cancellationToken)
    {
        try
        {
            return new IdKey(await keys.GetAsync(context.Lineage.IdEpoch, cancellationToken).ConfigureAwait(false));
        }
        catch (CodecException e)
        {
            var folder = RepositoryLayout.Keys(context.Lineage.Id, context.Lineage.IdEpoch);
            context.Findings.Damage(
                folder, $"the id key below '{folder}' cannot be had, so names in the archive were not compared with "
                    + $"contents: {e.Message}", Cost.Nothing);
            return null;
        }
    }

    /// <summary>Leases and intents only ever delay an expiry: a forged one is no damage, and no secret
    /// either.</summary>
    async Task CheckAnnouncementsAsync(CancellationToken cancellationToken)
    {
        foreach (var entry in inventory.Announcements)
        {
            var isLease = entry.Key.Value.StartsWith(RepositoryLayout.Leases(context.Lineage.Id),
                StringComparison.Ordinal);

            if (await context.TryReadAsync(entry.Key, Cost.Nothing, cancellationToken).ConfigureAwait(false)
                is not { } envelope)
                continue;

            try
            {
                Dsse.Open(envelope, isLease ? DocumentType.Lease : DocumentType.Intent, context.Lineage.Signer);
            }
            catch (Exception e) when (e is CodecException or JsonException)
            {
                context.Findings.Warn(entry.Key.Value,
                    $"'{entry.Key}' is not an authentic {(isLease ? "lease" : "intent")}: {e.Message}");
            }
        }
    }

    void ReportNames()
    {
        foreach (var key in inventory.Misnamed)
            context.Findings.Warn(key.Value,
                $"'{key}' has a name that this program never gives: someone else writes to this repository");

        foreach (var key in inventory.Strays)
            context.Findings.Inform(key.Value, $"'{key}' is under no prefix of this format and was not looked at");
    }
}
