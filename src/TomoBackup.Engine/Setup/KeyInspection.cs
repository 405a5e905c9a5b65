using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Setup;

/// <summary>Looks at keys without showing one, and tries identities.</summary>
sealed class KeyInspection(
    HostState state,
    IFileSystem files,
    IReadOnlyList<AgeIdentity> identities,
    Func<Exception, TomoBackupException?> understand)
{
    /// <summary>Who can read, who signs, and what lies open on this host.</summary>
    public async Task<KeyShowReport> ShowAsync(
        Repository repository, Lineage lineage, bool isSealed, CancellationToken cancellationToken)
    {
        using var signer = state.TryReadSigningKey();
        var known = new Dictionary<EpochId, EpochRecord>();

        foreach (var record in await EpochsAsync(repository, lineage, cancellationToken).ConfigureAwait(false))
            known[record.Epoch] = record;

        var open = state.OpenEpochs(lineage.Id).List()
            .Select(epoch => (Epoch: epoch, Record: known.GetValueOrDefault(epoch)))
            .OrderBy(e => e.Record?.Opened)
            .Select(e => new OpenEpochFacts(e.Epoch.ToString(), e.Record?.Purpose, e.Record?.Opened));

        return new KeyShowReport(
            lineage.Cluster, lineage.Id.ToString(), isSealed, signer?.Fingerprint.ToString(),
            lineage.Signer.Fingerprint.ToString(),
            [
                .. lineage.Recipients
                    .Select(r => new RecipientFacts(r.ToString(), identities.Any(i => i.Recipient == r))),
            ],
            [.. open]);
    }

    /// <summary>Tries each identity on the newest epoch of each purpose, in each repository.</summary>
    public async Task<KeyCheckReport> CheckAsync(
        IReadOnlyList<(Repository Repository, Lineage Lineage)> places, CancellationToken cancellationToken)
    {
        var trials = new List<KeyTrialResult>();

        foreach (var (repository, lineage) in places)
        {
            var newest = (await EpochsAsync(repository, lineage, cancellationToken).ConfigureAwait(false))
                .Where(record => record.Purpose != EpochRecord.Id || record.Epoch == lineage.IdEpoch)
                .GroupBy(record => record.Purpose)
                .Select(group => group.MaxBy(record => record.Opened)!)
                .OrderBy(record => record.Purpose, StringComparer.Ordinal);

            foreach (var record in newest)
                foreach (var identity in identities)
                    trials.Add(await TryAsync(repository, lineage, record, identity, cancellationToken)
                        .ConfigureAwait(false));
        }

        var (_, first) = places[0];
        var tried = identities.Select(i => i.Recipient).ToHashSet();
        return new KeyCheckReport(
            first.Cluster, trials, [.. first.Recipients.Where(r => !tried.Contains(r)).Select(r => r.ToString())]);
    }

    async Task<KeyTrialResult> TryAsync(
        Repository repository,
        Lineage lineage,
        EpochRecord record,
        AgeIdentity identity,
        CancellationToken cancellationToken)
    {
        string? failure = null;

        try
        {
            await KeyTrial.OpenAsync(repository, lineage, record.Epoch, [identity], files, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (understand(e) is { } understood)
        {
            failure = understood.Message;
        }

        return new KeyTrialResult(
            repository.Name, identity.Recipient.ToString(), record.Purpose, record.Epoch.ToString(), failure);
    }

    async Task<List<EpochRecord>> EpochsAsync(
        Repository repository, Lineage lineage, CancellationToken cancellationToken)
    {
        using var ring = new KeyRing(repository, lineage, new NoOpenEpochs(files), []);
        var records = new List<EpochRecord>();

        await foreach (var record in ring.EpochsAsync(cancellationToken).ConfigureAwait(false))
            records.Add(record);

        return records;
    }
}
