using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Following;

/// <summary>Compares two repositories and says what the one that follows lacks. Pure.</summary>
static class FollowPlanner
{
    /// <summary>Plans.</summary>
    public static FollowPlan Plan(FollowScene scene)
    {
        var wal = scene.Wal.Where(e => scene.WantsWal(e.Key)).ToList();
        var missing = wal.Where(e => !scene.Held.ContainsKey(e.Key))
            .OrderBy(e => e.Modified).ThenBy(e => e.Key.Value, StringComparer.Ordinal)
            .ToList();
        var wanted = scene.Backups.Where(b => scene.WantsBackup(b.Backup)).ToList();

        return new FollowPlan
        {
            Records = [.. scene.Records.Where(e => !scene.Held.ContainsKey(e.Key)).Select(ParcelOf)],
            Wal = [.. missing.Select(ParcelOf)],
            Backups = PlanBackups(scene, wanted),
            Conflicts =
            [
                .. scene.Records.Concat(wal).Concat(scene.BackupObjects)
                    .Where(e => IsOther(scene, e.Key, e.Length))
                    .Select(e => e.Key),
            ],
            Unwanted = scene.Wal.Count - wal.Count + scene.Backups.Count - wanted.Count,
            OldestMissingWal = missing is [var oldest, ..] ? oldest.Modified : null,
        };
    }

    static List<FollowedBackup> PlanBackups(FollowScene scene, IReadOnlyList<Manifest> wanted)
    {
        var backups = new List<FollowedBackup>();
        var planned = new HashSet<ObjectKey>();
        var manifests = scene.BackupObjects.Where(e => e.Key.Name == RepositoryLayout.ManifestName)
            .ToDictionary(e => e.Key, e => e.Length);

        foreach (var manifest in wanted)
        {
            var key = Catalog.KeyOf(manifest);

            // Whose manifest is there has all of its objects there, and keeps what it refers to. One that went between
            // two listings is not wanted any more.
            if (scene.Held.ContainsKey(key) || !manifests.TryGetValue(key, out var length))
                continue;

            var parts = PartsOf(manifest).ToList();

            // What stands in the way is told among the conflicts; a manifest must not vouch for it.
            if (parts.Exists(p => IsOther(scene, p.Key, p.Length)))
                continue;

            var parcels = parts.Where(p => !scene.Held.ContainsKey(p.Key) && planned.Add(p.Key)).ToList();
            backups.Add(new FollowedBackup(
                manifest.Backup, parcels, [.. parts.Select(p => p.Key)], new Parcel(key, length)));
        }

        return backups;
    }

    static bool IsOther(FollowScene scene, ObjectKey key, long length)
        => scene.Held.TryGetValue(key, out var held) && held != length;

    /// <summary>Every object that a restore of the backup needs: its own, and the packs of earlier ones.</summary>
    static IEnumerable<Parcel> PartsOf(Manifest manifest)
    {
        var own = RepositoryLayout.Backup(manifest.Lineage, manifest.Generation, manifest.Backup);

        foreach (var part in manifest.Objects)
            yield return new Parcel(new ObjectKey(own + part.Name), part.Length, part.Sha256);

        foreach (var pack in manifest.References)
            yield return new Parcel(
                new ObjectKey(RepositoryLayout.Backup(manifest.Lineage, manifest.Generation, pack.Backup) + pack.Name),
                pack.Length,
                pack.Sha256);
    }

    static Parcel ParcelOf(ObjectEntry entry) => new(entry.Key, entry.Length);
}
