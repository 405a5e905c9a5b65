using TomoBackup.Codecs;
using TomoBackup.Postgres.Server;
using TomoBackup.Repositories;

namespace TomoBackup.Backups;

/// <summary>
/// Takes a full backup of a running cluster from its data directory. Nothing exists for anybody else before the
/// manifest is published, so it may be killed anywhere.
/// </summary>
sealed class BackupOperation(BackupContext context)
{
    readonly TimeProvider _time = context.Time;

    /// <summary>Runs it.</summary>
    public async Task<BackupReport> RunAsync(BackupOptions options, CancellationToken cancellationToken)
    {
        var facts = await context.Server.ReadFactsAsync(cancellationToken).ConfigureAwait(false);
        BackupRefusals.Check(facts, context.Lineage);

        using var turn = context.State.TryLock(context.Lineage.Cluster, "backup") ?? throw AlreadyRunning("this host");
        await RefuseOthersAsync(cancellationToken).ConfigureAwait(false);

        var backup = NewId();
        var lease = await Lease.TakeAsync(
            context.Repository, context.Lineage.Id, "backup", context.State.HostId(), backup,
            context.Signer, context.Entropy, _time, cancellationToken).ConfigureAwait(false);

        await using (lease.ConfigureAwait(false))
            return await RunAsync(options, facts, backup, cancellationToken).ConfigureAwait(false);
    }

    async Task<BackupReport> RunAsync(
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
                var run = new BackupRun(context, options, facts, backup, epoch, key);
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

    /// <summary>The earlier generation closes when the next full exists: its key leaves this host.</summary>
    void CloseEarlierEpochs(OpenEpochs openEpochs, EpochId epoch)
    {
        var state = context.State.TryReadCluster(context.Lineage.Cluster);

        openEpochs.EraseAllBut(
            state?.WalEpoch is { } wal ? [epoch, context.Lineage.IdEpoch, wal] : [epoch, context.Lineage.IdEpoch]);
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
