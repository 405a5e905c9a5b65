using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>Holds what is listed below the backups' folders against the signed manifests. Needs no key.</summary>
sealed class BackupCheck(VerifyContext context, Inventory inventory)
{
    readonly List<(ObjectKey Key, string Reason)> _bad = [];

    /// <summary>Reads every manifest. Damaged ones are reported by <see cref="ReportManifests"/>, when it is known what
    /// else there is.</summary>
    public async Task<IReadOnlyList<Manifest>> ReadManifestsAsync(CancellationToken cancellationToken)
    {
        var backups = new List<Manifest>();

        foreach (var folder in inventory.Backups.Keys)
        {
            if (!HasManifest(folder))
                continue;

            var key = new ObjectKey(folder + RepositoryLayout.ManifestName);

            if (await context.TryReadAsync(key, CostOf(key), cancellationToken).ConfigureAwait(false) is { } envelope
                && TryOpen(key, envelope) is { } manifest)
                backups.Add(manifest);
        }

        backups.Sort(static (a, b) => string.CompareOrdinal(a.Backup, b.Backup));
        return backups;
    }

    /// <summary>The chosen backup, or all. None where the chosen one's manifest is damaged, which is a finding; throws
    /// <see cref="ErrorCode.NotFound"/> where there is none of that id.</summary>
    public IReadOnlyList<Manifest> Choose(IReadOnlyList<Manifest> backups, string? id)
    {
        if (id is null)
            return backups;

        var isDamaged = inventory.Backups.Keys.Any(folder
            => BackupOf(folder).StartsWith(id, StringComparison.Ordinal)
                && HasManifest(folder)
                && !backups.Any(b => b.Backup == BackupOf(folder)));

        return isDamaged ? [] : [new Catalog(backups, []).Find(id)];
    }

    /// <summary>Reports manifests that are none.</summary>
    /// <param name="id">What their backups' ids begin with.</param>
    public void ReportManifests(string id)
    {
        foreach (var (key, reason) in _bad)
            if (CostOf(key) is var cost && cost.Backups[0].StartsWith(id, StringComparison.Ordinal))
                context.Findings.Damage(
                    key.Value,
                    $"'{key}' in repository '{context.Repository.Name}' is not an authentic manifest: {reason}",
                    cost);
    }

    /// <summary>Reports folders that never got a manifest.</summary>
    public void ReportUnfinished()
    {
        foreach (var (folder, objects) in inventory.Backups)
            if (!HasManifest(folder))
                context.Findings.Inform(
                    folder,
                    $"'{folder}' has {objects.Count} objects of {objects.Sum(o => o.Length)} bytes and no manifest: "
                        + "a backup that is being taken, or one that was given up");
    }

    /// <summary>Checks one backup, and gives the objects that are there to be read.</summary>
    public async Task<IReadOnlyList<ManifestObject>> CheckAsync(Manifest backup, CancellationToken cancellationToken)
    {
        var folder = RepositoryLayout.Backup(backup.Lineage, backup.Generation, backup.Backup);
        var listed = inventory.Backups[folder].ToDictionary(
            o => o.Key.Value[folder.Length..], o => o.Length, StringComparer.Ordinal);
        var present = new List<ManifestObject>();

        CheckManifest(backup);

        foreach (var expected in backup.Objects)
        {
            var length = listed.Remove(expected.Name, out var found)
                ? found
                : await FindAsync(folder + expected.Name, cancellationToken).ConfigureAwait(false);

            if (length == expected.Length)
                present.Add(expected);
            else
                context.Findings.Damage(
                    folder + expected.Name,
                    length is null
                        ? $"'{folder}{expected.Name}' is missing, although the manifest names it"
                        : $"'{folder}{expected.Name}' has {length} bytes, its manifest says {expected.Length}",
                    Cost.Of(backup));
        }

        listed.Remove(RepositoryLayout.ManifestName);

        foreach (var name in listed.Keys)
            context.Findings.Inform(folder + name, $"'{folder}{name}' is not named by the manifest of its backup");

        return present;
    }

    void CheckManifest(Manifest backup)
    {
        void Bad(string reason)
            => context.Findings.Damage(
                Catalog.KeyOf(backup).Value,
                $"manifest '{Catalog.KeyOf(backup)}' contradicts itself: {reason}",
                Cost.Of(backup));

        if (backup.SystemIdentifier != context.Lineage.SystemIdentifier)
            Bad($"its system identifier is {backup.SystemIdentifier}, the lineage's is "
                + $"{context.Lineage.SystemIdentifier}");

        if (backup.StoredBytes != backup.Objects.Sum(o => o.Length))
            Bad("its objects do not sum up to what it says is stored");

        var names = backup.Objects.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);

        if (!names.Contains(RepositoryLayout.FileListName) || !names.Contains(RepositoryLayout.ClusterName))
            Bad($"it names no '{RepositoryLayout.FileListName}' or no '{RepositoryLayout.ClusterName}'");

        if (MissingWal(backup) is { } segment)
            Bad($"recovery needs WAL segment '{segment}', and it names no object for it");
    }

    static string? MissingWal(Manifest backup)
    {
        var size = new WalSegmentSize(backup.WalSegmentSize);

        if (!WalSegment.TryParse(backup.WalFirst, size, out var segment)
            || !WalSegment.TryParse(backup.WalLast, size, out var last))
            return backup.WalFirst;

        var held = backup.Objects.Select(RepositoryLayout.TryWalName).ToHashSet();

        for (; segment.Number <= last.Number; segment = segment.Next)
            if (!held.Contains(segment.Name(size)))
                return segment.Name(size);

        return null;
    }

    Manifest? TryOpen(ObjectKey key, byte[] envelope)
    {
        try
        {
            return Catalog.Open(context.Lineage, key, envelope);
        }
        catch (Exception e) when (e is CodecException or JsonException)
        {
            _bad.Add((key, e.Message));
            return null;
        }
    }

    bool HasManifest(string folder)
        => inventory.Backups[folder].Exists(o => o.Key.Value == folder + RepositoryLayout.ManifestName);

    /// <summary>A listing may lag behind: only the object itself can say that it is not there.</summary>
    async Task<long?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (!ObjectKey.IsValid(key)
            || await context.Repository.Store.OpenAsync(new ObjectKey(key), cancellationToken).ConfigureAwait(false)
                is not { } found)
            return null;

        await using (found.ConfigureAwait(false))
            return found.Length;
    }

    static Cost CostOf(ObjectKey manifest) => new([BackupOf(manifest.Value)], null);

    /// <summary>The backup's id in its folder's name or in the key of its manifest.</summary>
    static string BackupOf(string folder) => folder.Split('/')[^2];
}
