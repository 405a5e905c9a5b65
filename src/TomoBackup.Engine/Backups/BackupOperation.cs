using TomoBackup.Backups.Changes;
using TomoBackup.Codecs;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;

namespace TomoBackup.Backups;

/// <summary>
/// Takes a backup of a running cluster from its data directory. Nothing exists for anybody else before the manifest is
/// published, so it may be killed anywhere.
/// </summary>
sealed class BackupOperation(BackupContext context)
{
    readonly TimeProvider _time = context.Time;

    /// <summary>Runs it.</summary>
    public async Task<BackupOutcome> RunAsync(BackupOptions options, CancellationToken cancellationToken)
    {
        var facts = await context.Server.ReadFactsAsync(cancellationToken).ConfigureAwait(false);
        BackupRefusals.Check(facts, context.Lineage);

        using var turn = context.State.TryLock(context.Lineage.Cluster, "backup") ?? throw AlreadyRunning("this host");
        var kind = await ChooseAsync(options, facts, cancellationToken).ConfigureAwait(false);

        if (kind is BackupKind.NotDue none)
            return new BackupOutcome.NotDue(none.Next);

        await RefuseOthersAsync(cancellationToken).ConfigureAwait(false);

        // An incremental backup needs the whole of its generation, of which nothing may expire meanwhile.
        var backup = NewId();
        var subject = kind is BackupKind.Incremental needed ? needed.Parent.Generation : backup;
        var lease = await Lease.TakeAsync(
            context.Repository, context.Lineage.Id, "backup", context.State.HostId(), subject,
            context.Signer, context.Entropy, _time, cancellationToken).ConfigureAwait(false);

        await using (lease.ConfigureAwait(false))
            return new BackupOutcome.Taken(kind is BackupKind.Incremental incremental
                ? await IncrementalAsync(options, facts, backup, incremental, cancellationToken).ConfigureAwait(false)
                : await FullAsync(options, facts, backup, cancellationToken).ConfigureAwait(false) with
                {
                    FullBecause = ((BackupKind.Full)kind).Because,
                });
    }

    async Task<BackupKind> ChooseAsync(BackupOptions options, ServerFacts facts, CancellationToken cancellationToken)
    {
        // A full backup that was asked for needs nothing of the repository's past.
        if (options.Request == BackupRequest.Full)
            return new BackupKind.Full([]);

        var catalog = await Catalog.ReadAsync(context.Repository, context.Lineage, cancellationToken)
            .ConfigureAwait(false);
        var position = await context.Server.CurrentWalLsnAsync(cancellationToken).ConfigureAwait(false);
        var listed = await ListAsync(cancellationToken).ConfigureAwait(false);

        return KindPlanner.Choose(options, new KindFacts
        {
            Backups = catalog.Backups,
            Control = LiveControlFile.Read(context.Files, facts.DataDirectory, _time, out _),
            WalSegmentSize = facts.Wal.SegmentSize,
            DataChecksums = facts.DataChecksums,
            History = ServerTimeline.Read(context.Files, facts),
            Position = position.Insert,
            CanOpen = context.Keys.CanOpen,
            Missing = manifest => Missing(manifest, listed),
            Now = _time.GetUtcNow(),
        });
    }

    async Task<Dictionary<string, long>> ListAsync(CancellationToken cancellationToken)
    {
        var listed = new Dictionary<string, long>(StringComparer.Ordinal);

        await foreach (var entry in context.Repository.Store
            .ListAsync(RepositoryLayout.Backups(context.Lineage.Id), cancellationToken).ConfigureAwait(false))
            listed[entry.Key.Value] = entry.Length;

        return listed;
    }

    static string? Missing(Manifest manifest, Dictionary<string, long> listed)
        => StoredPack.Of(manifest).Values
            .FirstOrDefault(pack => !listed.TryGetValue(pack.Key.Value, out var length) || length != pack.Object.Length)
            ?.Key.Value;

    async Task<BackupReport> IncrementalAsync(
        BackupOptions options,
        ServerFacts facts,
        string backup,
        BackupKind.Incremental kind,
        CancellationToken cancellationToken)
    {
        var parent = kind.Parent;
        var key = await context.Keys.GetAsync(parent.Epoch, cancellationToken).ConfigureAwait(false);
        var contents = await ParentBackup.ReadAsync(context.Repository, parent, context.Keys, cancellationToken)
            .ConfigureAwait(false);

        var asked = options with { Audit = options.Audit || kind.Audit };

        return await new BackupRun(context, asked, facts, backup, parent.Epoch, key, contents)
            .RunAsync(cancellationToken).ConfigureAwait(false);
    }

    async Task<BackupReport> FullAsync(
        BackupOptions options, ServerFacts facts, string backup, CancellationToken cancellationToken)
    {
        var openEpochs = context.State.OpenEpochs(context.Lineage.Id);
        var opener = new EpochOpener([context.Repository], context.Signer, openEpochs, context.Entropy, _time);
        var (epoch, key) = await opener
            .OpenAsync(context.Lineage.Id, context.Lineage.Recipients, EpochRecord.Backup, cancellationToken)
            .ConfigureAwait(false);

        using (key)
        {
            try
            {
                var run = new BackupRun(context, options, facts, backup, epoch, key, parent: null);
                var report = await run.RunAsync(cancellationToken).ConfigureAwait(false);
                CloseEarlierEpochs(openEpochs, epoch);
                return report;
            }
            catch
            {
                openEpochs.Erase(epoch);
                throw;
            }
        }
    }

    /// <summary>The earlier generation of this repository closes when the next full exists: its key leaves this
    /// host.</summary>
    void CloseEarlierEpochs(OpenEpochs openEpochs, EpochId epoch)
    {
        var cluster = context.Lineage.Cluster;
        var generations = context.State.ReadGenerations(cluster).Open(context.Repository.Id, epoch);
        context.State.WriteGenerations(cluster, generations);

        List<EpochId> kept = [context.Lineage.IdEpoch, .. generations.Epochs];

        if (context.State.TryReadCluster(cluster)?.WalEpoch is { } wal)
            kept.Add(wal);

        openEpochs.EraseAllBut(kept);
    }

    async Task RefuseOthersAsync(CancellationToken cancellationToken)
    {
        var me = context.State.HostId();
        var leases = await Lease.ActiveAsync(context.Repository, context.Lineage, _time, cancellationToken)
            .ConfigureAwait(false);

        // A lease of our own whose lock is free is of a run that was killed.
        if (leases.FirstOrDefault(l => l.Verb == "backup" && l.Host != me) is { } other)
            throw AlreadyRunning($"host {other.Host} since {other.Since:u}");
    }

    TomoBackupException AlreadyRunning(string where)
        => TomoBackupException.Create(
            ErrorCode.Locked,
            $"a backup of cluster '{context.Lineage.Cluster}' is running already on {where}",
            hint: "Wait for it to finish. If that host died, its lease runs out within an hour.");

    string NewId()
    {
        Span<byte> random = stackalloc byte[4];
        context.Entropy.Fill(random);
        return $"{_time.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{Convert.ToHexStringLower(random)}";
    }
}
