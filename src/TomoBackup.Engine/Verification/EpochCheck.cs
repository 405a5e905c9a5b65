using System.Security.Cryptography;
using TomoBackup.Codecs;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>Checks that every epoch has a signed record and the age file that it names. Needs no key.</summary>
sealed class EpochCheck(VerifyContext context, Inventory inventory, Costs costs)
{
    readonly Dictionary<EpochId, EpochRecord> _signed = [];
    readonly HashSet<ObjectKey> _listed = [.. inventory.Keys.Select(e => e.Key)];

    /// <summary>Checks all, and gives the authentic record of each epoch.</summary>
    public async Task<IReadOnlyDictionary<EpochId, EpochRecord>> RunAsync(
        IReadOnlyList<Manifest> backups, CancellationToken cancellationToken)
    {
        foreach (var entry in inventory.Keys)
            if (entry.Key.Name.EndsWith(".epoch", StringComparison.Ordinal))
                await CheckRecordAsync(entry.Key, cancellationToken).ConfigureAwait(false);
            else if (entry.Key.Name.EndsWith(".age", StringComparison.Ordinal))
                CheckIsNamed(entry.Key);
            else
                inventory.Misnamed.Add(entry.Key);

        Demand(context.Lineage.IdEpoch, "content ids are made with its key", Cost.Nothing);

        foreach (var epoch in backups.Select(b => b.Epoch).Distinct())
            Demand(epoch, "backups are encrypted under it", costs.OfEpoch(epoch));

        return _signed;
    }

    async Task CheckRecordAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var cost = CostOf(key);

        if (await context.TryReadAsync(key, cost, cancellationToken).ConfigureAwait(false) is not { } envelope)
            return;

        EpochRecord? record = null;

        await context.TryAsync(
            key,
            cost,
            () =>
            {
                record = EpochRecord.Open(context.Lineage, key, envelope);
                return ValueTask.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);

        if (record is null)
            return;

        _signed[record.Epoch] = record;
        await CheckAgeFileAsync(record, cost, cancellationToken).ConfigureAwait(false);
    }

    async Task CheckAgeFileAsync(EpochRecord record, Cost cost, CancellationToken cancellationToken)
    {
        var key = RepositoryLayout.AgeFile(context.Lineage.Id, record.Epoch, record.Wrap);

        await context.TryAsync(
            key,
            cost,
            async () =>
            {
                if (await context.Repository.TryReadAsync(key, cancellationToken).ConfigureAwait(false) is not { } file)
                    context.Findings.Damage(
                        key.Value, $"'{key}' is missing: it holds the key of epoch {record.Epoch} (purpose "
                            + $"{record.Purpose})", cost);
                else if (Convert.ToHexStringLower(SHA256.HashData(file)) != record.Sha256)
                    throw new CodecException(
                        CodecFailure.Damaged,
                            $"it is not the file that the signed record of epoch {record.Epoch} names");
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>An age file proves nothing about its sender: without a record it is worth nothing.</summary>
    void CheckIsNamed(ObjectKey key)
    {
        var record = Path.ChangeExtension(key.Value, ".epoch");

        if (!_listed.Contains(new ObjectKey(record)))
            context.Findings.Damage(record, $"'{record}' is missing: nothing signed speaks of '{key}'", CostOf(key));
    }

    void Demand(EpochId epoch, string reason, Cost cost)
    {
        var folder = RepositoryLayout.Keys(context.Lineage.Id, epoch);

        if (!_listed.Any(key => key.Value.StartsWith(folder, StringComparison.Ordinal)))
            context.Findings.Damage(folder, $"'{folder}' is missing: {reason}", cost);
    }

    Cost CostOf(ObjectKey key)
        => EpochId.TryParse(key.Value.Split('/')[2], out var epoch) ? costs.OfEpoch(epoch) : Cost.Nothing;
}
