using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>A data pack that a backup takes frames from.</summary>
/// <param name="Key">Where it is.</param>
/// <param name="Object">What it must be.</param>
sealed record StoredPack(ObjectKey Key, ManifestObject Object)
{
    /// <summary>All of a backup, by number: its own, and those of earlier backups of its generation. Of two with one
    /// number, which no writer of ours makes, its own.</summary>
    public static Dictionary<int, StoredPack> Of(Manifest manifest)
    {
        var packs = new Dictionary<int, StoredPack>();

        foreach (var (backup, item) in manifest.Objects.Select(item => (manifest.Backup, item))
            .Concat(manifest.References.Select(r => (
                r.Backup, new ManifestObject(r.Name, r.Length, r.Sha256, r.Pack)))))
        {
            var key = RepositoryLayout.Backup(manifest.Lineage, manifest.Generation, backup) + item.Name;

            if (RepositoryLayout.TryPackNumber(item.Name) is { } number && ObjectKey.IsValid(key))
                packs.TryAdd(number, new StoredPack(new ObjectKey(key), item));
        }

        return packs;
    }
}
