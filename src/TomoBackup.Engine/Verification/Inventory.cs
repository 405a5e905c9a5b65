using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>
/// One listing of the whole repository, taken apart by the layout's own rules. Memory grows with the number of objects,
/// never with their bytes.
/// </summary>
sealed class Inventory
{
    readonly Lineage _lineage;
    readonly SortedDictionary<string, List<ObjectEntry>> _backups = new(StringComparer.Ordinal);
    readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

    Inventory(Lineage lineage) => _lineage = lineage;

    /// <summary>The cluster's lineage records, in order.</summary>
    public List<ObjectEntry> Records { get; } = [];

    /// <summary>Age files and epoch records.</summary>
    public List<ObjectEntry> Keys { get; } = [];

    /// <summary>Objects by the folder of their backup.</summary>
    public IReadOnlyDictionary<string, List<ObjectEntry>> Backups => _backups;

    /// <summary>Bytes of an object of a backup; null where it was not listed.</summary>
    public long? LengthOf(string key) => _lengths.TryGetValue(key, out var length) ? length : null;

    /// <summary>Archived files under keys that are their own.</summary>
    public List<ArchivedFile> Wal { get; } = [];

    /// <summary>Timeline history files.</summary>
    public List<ArchivedFile> Histories { get; } = [];

    /// <summary>Leases and intents.</summary>
    public List<ObjectEntry> Announcements { get; } = [];

    /// <summary>What stands in the archive or among the keys under a name that no writer of ours gives.</summary>
    public List<ObjectKey> Misnamed { get; } = [];

    /// <summary>What stands under no prefix of the layout.</summary>
    public List<ObjectKey> Strays { get; } = [];

    /// <summary>Objects of this lineage.</summary>
    public long Objects { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes the listing.</summary>
    public static async Task<Inventory> ReadAsync(
        Repository repository, Lineage lineage, CancellationToken cancellationToken)
    {
        var inventory = new Inventory(lineage);

        await foreach (var entry in repository.Store.ListAsync("", cancellationToken).ConfigureAwait(false))
            inventory.Add(entry);

        return inventory;
    }

    void Add(ObjectEntry entry)
    {
        var parts = entry.Key.Value.Split('/');

        // Kinds that a later program of this format version may write, and the marker, which is read by itself.
        if (parts[0] is "dump" or "config" or "evidence" || entry.Key == RepositoryLayout.Marker)
            return;

        if (parts is not
            [("lineage" or "keys" or "backup" or "wal" or "history" or "lease" or "intent"), var owner, _, ..])
        {
            Strays.Add(entry.Key);
            return;
        }

        if (parts[0] == "lineage" ? owner != _lineage.Cluster : owner != _lineage.Id.ToString())
        {
            if (parts[0] != "lineage" && !LineageId.TryParse(owner, out _))
                Strays.Add(entry.Key);

            return;
        }

        Objects++;
        Bytes += entry.Length;
        Sort(entry, parts);
    }

    void Sort(ObjectEntry entry, string[] parts)
    {
        switch (parts)
        {
            case ["lineage", _, _]:
                Records.Add(entry);
                break;

            case ["keys", _, _, _]:
                Keys.Add(entry);
                break;

            case ["backup", _, var generation, var backup, _, ..]:
                var folder = RepositoryLayout.Backup(_lineage.Id, generation, backup);
                if (!_backups.TryGetValue(folder, out var objects))
                    _backups[folder] = objects = [];
                objects.Add(entry);
                _lengths[entry.Key.Value] = entry.Length;
                break;

            case ["wal" or "history", ..]:
                SortArchived(entry);
                break;

            case ["lease" or "intent", _, _, _]:
                Announcements.Add(entry);
                break;

            default:
                Misnamed.Add(entry.Key);
                break;
        }
    }

    void SortArchived(ObjectEntry entry)
    {
        if (RepositoryLayout.SplitContentName(entry.Key) is var (name, id)
            && ContentId.TryParse(id, out _)
            && WalFileName.TryParse(name, out var parsed))
        {
            var isHistory = parsed.Kind == WalFileKind.TimelineHistory;
            var own = isHistory
                ? RepositoryLayout.History(_lineage.Id, name, id)
                : RepositoryLayout.WalObject(_lineage.Id, name, id);

            if (own == entry.Key)
            {
                (isHistory ? Histories : Wal).Add(new ArchivedFile(name, id, entry.Key, entry.Length));
                return;
            }
        }

        Misnamed.Add(entry.Key);
    }
}
