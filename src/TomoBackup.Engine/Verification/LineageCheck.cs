using System.Globalization;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>Reads the marker and the cluster's lineage records again: each authentic, none missing between
/// them.</summary>
sealed class LineageCheck(VerifyContext context, Inventory inventory, Costs costs)
{
    readonly List<LineageRecord> _records = [];

    /// <summary>Compares the marker with what the repository said when it was opened.</summary>
    public async Task CheckMarkerAsync(CancellationToken cancellationToken)
    {
        var (repository, key) = (context.Repository, RepositoryLayout.Marker);

        await context.TryAsync(
            key,
            costs.Everything,
            async () =>
            {
                var marker = await Repository.TryReadMarkerAsync(repository.Store, cancellationToken)
                    .ConfigureAwait(false);

                if (marker is null)
                    context.Findings.Damage(key.Value, $"'{key}' is missing in repository '{repository.Name}'",
                        costs.Everything);
                else if (marker.Repository != repository.Id)
                    throw new CodecException(
                        CodecFailure.Damaged,
                            $"the repository's id was '{repository.Id}' and is '{marker.Repository}' now");
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks all records.</summary>
    /// <param name="timelines">Those that WAL was archived on: each is claimed before its first segment.</param>
    public async Task CheckRecordsAsync(IEnumerable<uint> timelines, CancellationToken cancellationToken)
    {
        foreach (var entry in inventory.Records)
            if (await context.TryReadAsync(entry.Key, costs.Everything, cancellationToken).ConfigureAwait(false)
                is { } bytes)
                Check(entry.Key, bytes);

        var isComplete = CheckNumbers() && _records.Count == inventory.Records.Count;
        var next = _records.Select(r => r.Number).DefaultIfEmpty(0).Max() + 1;

        // The newest record can only be missed by what follows from it.
        if (isComplete
            && _records.TrueForAll(r => r.Record != LineageRecord.Created || r.Lineage != context.Lineage.Id))
            Missing(next, "no record began the lineage");

        foreach (var timeline in timelines)
            if (isComplete && !_records.Exists(r => r.Timeline == timeline && r.Lineage == context.Lineage.Id))
                Missing(next, $"WAL of timeline {timeline} is archived, and no record claims it");
    }

    void Check(ObjectKey key, byte[] envelope)
    {
        try
        {
            _records.Add(
                LineageBook.Open(context.Repository, key, envelope, context.Lineage.Signer, TrustFor(envelope)).Record);
        }
        catch (TomoBackupException e)
        {
            context.Findings.Damage(key.Value, e.Message, costs.Everything);
        }
    }

    /// <summary>Lineages that the cluster left behind had signers of their own; whoever opened the current one has
    /// found it trusted. Behind its first record, nobody else may begin one.</summary>
    SignerTrust TrustFor(byte[] envelope)
    {
        var trusted = new HashSet<Fingerprint>([context.Lineage.Signer.Fingerprint]);

        if (_records.TrueForAll(r => r.Lineage != context.Lineage.Id)
            && LineageBook.TryReadClaimedSigner(envelope) is { } own)
            trusted.Add(own.Fingerprint);

        return new SignerTrust(trusted);
    }

    bool CheckNumbers()
    {
        var isComplete = true;
        var expected = 1;

        foreach (var group in inventory.Records.GroupBy(r => NumberOf(r.Key)).OrderBy(g => g.Key))
        {
            for (; expected < group.Key; expected++, isComplete = false)
                Missing(expected, $"the records of cluster '{context.Lineage.Cluster}' go on behind it");

            expected = group.Key + 1;

            if (group.Count() > 1)
                context.Findings.Warn(
                    group.Last().Key.Value,
                    $"cluster '{context.Lineage.Cluster}' has {group.Count()} lineage records of number {group.Key}: "
                        + $"two hosts wrote at once, and '{group.First().Key}' is followed");
        }

        return isComplete;
    }

    void Missing(int number, string reason)
    {
        var subject = RepositoryLayout.LineageNumber(context.Lineage.Cluster, number);
        context.Findings.Damage(subject, $"lineage record '{subject}…' is missing: {reason}", costs.Everything);
    }

    static int NumberOf(ObjectKey key)
        => key.Name.Length > 8
            && int.TryParse(key.Name.AsSpan(0, 8), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
}
