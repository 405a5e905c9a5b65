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
    readonly HashSet<string> _checked = new(StringComparer.Ordinal);

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
    public void ReportUnfinished(IReadOnlyList<Manifest> backups)
    {
        var needed = backups.SelectMany(StoredPack.Of).Select(pack => pack.Value.Key).ToHashSet();

        foreach (var (folder, objects) in inventory.Backups)
            if (!HasManifest(folder) && objects.Where(o => !needed.Contains(o.Key)).ToList() is { Count: > 0 } idle)
                context.Findings.Inform(
                    folder,
                    $"'{folder}' has {idle.Count} objects of {idle.Sum(o => o.Length)} bytes and no manifest: "
                        + "a backup that is being taken, or one that was given up");
    }

    /// <summary>Checks one backup, and gives the objects that are there to be read: its own, and the packs that it
    /// refers to, but for those that were given with an earlier one.</summary>
    public async Task<IReadOnlyList<PresentObject>> CheckAsync(
        Manifest backup, Costs costs, CancellationToken cancellationToken)
    {
        CheckManifest(backup);

        var folder = RepositoryLayout.Backup(backup.Lineage, backup.Generation, backup.Backup);
        var present = new List<PresentObject>();

        foreach (var (key, named) in backup.Objects.Select(o => (folder + o.Name, o))
            .Concat(StoredPack.Of(backup).Values.Select(pack => (pack.Key.Value, pack.Object))))
            if (_checked.Add(key)
                && await IsPresentAsync(key, named, costs, cancellationToken).ConfigureAwait(false))
                present.Add(new PresentObject(new ObjectKey(key), named));

        foreach (var entry in inventory.Backups[folder])
            if (!_checked.Contains(entry.Key.Value) && entry.Key.Value != folder + RepositoryLayout.ManifestName)
                context.Findings.Inform(
                    entry.Key.Value, $"'{entry.Key}' is not named by the manifest of its backup");

        return present;
    }

    async Task<bool> IsPresentAsync(
        string key, ManifestObject named, Costs costs, CancellationToken cancellationToken)
    {
        var length = inventory.LengthOf(key)
            ?? await FindAsync(key, cancellationToken).ConfigureAwait(false);

        if (length == named.Length)
            return true;

        context.Findings.Damage(
            key,
            length is null
                ? $"'{key}' is missing, although the manifest names it"
                : $"'{key}' has {length} bytes, its manifest says {named.Length}",
            ObjectKey.IsValid(key) ? costs.OfObject(new ObjectKey(key)) : Cost.Nothing);
        return false;
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

        if (backup.References.Any(r => RepositoryLayout.TryPackNumber(r.Name) is null)
            || backup.References.Count > 0 && backup.Parent is null)
            Bad("it refers to what no backup may refer to");

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

/// <summary>An object of a backup that is there with its length.</summary>
/// <param name="Key">Where it is.</param>
/// <param name="Named">What the manifest says of it.</param>
sealed record PresentObject(ObjectKey Key, ManifestObject Named);
