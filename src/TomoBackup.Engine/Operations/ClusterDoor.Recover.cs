using TomoBackup.Archiving;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Restores;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>The verb that recovers: restore.</summary>
public sealed partial class ClusterDoor
{
    /// <summary>Plans a restore and touches nothing.</summary>
    internal Task<RestorePlan> PlanRestoreAsync(
        RestoreOptions options, string? repositoryName, KeyOptions keys, CancellationToken cancellationToken)
        => RunAsync("restore-plan", async () =>
        {
            using var secrets = ReadSecrets(keys);
            var (context, ring) = await RestoringAsync(repositoryName, secrets, cancellationToken)
                .ConfigureAwait(false);

            using (ring)
                return await new RestoreOperation(context).PlanAsync(options, cancellationToken).ConfigureAwait(false);
        });

    /// <summary>Restores; with <see cref="RestoreOptions.Start"/> to an open server.</summary>
    /// <param name="announce">Told the plan before anything is done.</param>
    internal Task<RestoreReport> RestoreAsync(
        RestoreOptions options,
        string? repositoryName,
        KeyOptions keys,
        Action<RestorePlan> announce,
        CancellationToken cancellationToken)
        => RunAsync("restore", async () =>
        {
            using var secrets = ReadSecrets(keys);
            var salvaged = await SalvageAsync(options, secrets, cancellationToken).ConfigureAwait(false);
            var (context, ring) = await RestoringAsync(repositoryName, secrets, cancellationToken)
                .ConfigureAwait(false);

            using (ring)
            {
                var operation = new RestoreOperation(context);
                var plan = await operation.PlanAsync(options, cancellationToken).ConfigureAwait(false);
                announce(plan);

                using var signer = _state.TryReadSigningKey();
                var lease = await TryLeaseAsync(context.Sources, plan, signer, cancellationToken).ConfigureAwait(false);

                try
                {
                    var report = await operation.RunAsync(plan, options, salvaged, cancellationToken)
                        .ConfigureAwait(false);

                    return options.Start
                        ? report with
                        {
                            Recovery = await new RecoveryRun(context, _environment.Processes)
                                .RunAsync(plan, options, cancellationToken).ConfigureAwait(false),
                        }
                        : report;
                }
                finally
                {
                    if (lease is not null)
                        await lease.DisposeAsync().ConfigureAwait(false);
                }
            }
        },
        report => new JournalNote { Started = report.Recovery is { Paused: false }, Bytes = report.Bytes });

    /// <summary>Says that the backup and the WAL behind it are needed. Only the cluster's own host is believed, and a
    /// restore never fails because it could not say so: elsewhere the grace of 24 hours is what it has.</summary>
    async Task<Lease?> TryLeaseAsync(
        RestoreSources sources, RestorePlan plan, SigningKey? signer, CancellationToken cancellationToken)
    {
        if (signer?.Fingerprint != sources.Lineage.Signer.Fingerprint)
            return null;

        try
        {
            return await Lease.TakeAsync(
                sources.Repository, sources.Lineage.Id, "restore", _state.HostId(), plan.Backup.Generation, signer,
                _environment.Entropy, _environment.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    async Task<(RestoreContext Context, KeyRing Keys)> RestoringAsync(
        string? repositoryName, Secrets secrets, CancellationToken cancellationToken)
    {
        var repository = await OpenRepositoryAsync(repositoryName, cancellationToken).ConfigureAwait(false);
        var lineage = await FindLineageAsync(repository, secrets, cancellationToken).ConfigureAwait(false);
        var keys = OpenKeys(repository, lineage, secrets);

        try
        {
            var context = new RestoreContext
            {
                Sources = await RestoreSources.ReadAsync(repository, lineage, keys, cancellationToken)
                    .ConfigureAwait(false),
                Files = _environment.Files,
                Time = _environment.Time,
                Progress = _environment.Progress,
                Program = _environment.Program,
                Access = _environment.AccessTo(FindPlace(repositoryName)),
                Owner = OwnerForRoot(),
            };

            return (context, keys);
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>Root restores for whoever owns the cluster: PostgreSQL refuses to run as root.</summary>
    (uint User, uint Group)? OwnerForRoot()
        => Environment.IsPrivilegedProcess
            && _cluster.DataDirectory is { } folder
            && (_environment.Files.Stat(folder) ?? _environment.Files.Stat(Path.GetDirectoryName(folder)!))
                is { User: not 0 } owner
                ? (owner.User, owner.Group)
                : null;

    async Task<IReadOnlyList<string>> SalvageAsync(
        RestoreOptions options, Secrets secrets, CancellationToken cancellationToken)
    {
        if (!options.InPlace || options.SkipSalvage || _environment.Files.Stat(options.Directory) is null)
            return [];

        // The WAL in it is the archive's own, perhaps cut off; the old directory's was salvaged before.
        if (new UnfinishedRestore(_environment.Files, options.Directory).IsHere)
            return [];

        using var signer = _state.ReadSigningKey();
        var context = await ArchivingAsync(secrets, signer, cancellationToken).ConfigureAwait(false);
        new TargetDirectory(_environment.Files, options.Directory).CheckReplaceable(context.Lineage);
        return await new SalvageOperation(context).RunAsync(options.Directory, cancellationToken).ConfigureAwait(false);
    }
}
