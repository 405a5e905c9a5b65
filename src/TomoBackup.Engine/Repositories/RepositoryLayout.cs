using System.Globalization;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>Every key of a repository, as <c>docs/format</c> §2 lays them out. No other code joins key
/// segments.</summary>
static class RepositoryLayout
{
    public const string LineagePrefix = "lineage/";
    public const string HistoryPrefix = "history/";
    public const string BackupWalPrefix = "wal/";
    public const string ManifestName = "manifest";
    public const string FileListName = "files";
    public const string ClusterName = "cluster";

    public static readonly ObjectKey Marker = new("repository.json");

    public static string Lineages(string cluster) => $"{LineagePrefix}{cluster}/";

    /// <summary>What the keys of every record of one number begin with.</summary>
    public static string LineageNumber(string cluster, int number) => $"{Lineages(cluster)}{number:D8}-";

    public static ObjectKey Lineage(string cluster, int number, string id)
        => new(LineageNumber(cluster, number) + id);

    public static string Keys(LineageId lineage) => $"keys/{lineage}/";

    public static string Keys(LineageId lineage, EpochId epoch) => $"{Keys(lineage)}{epoch}/";

    public static ObjectKey AgeFile(LineageId lineage, EpochId epoch, string wrap)
        => new($"{Keys(lineage, epoch)}{wrap}.age");

    public static ObjectKey EpochRecord(LineageId lineage, EpochId epoch, string wrap)
        => new($"{Keys(lineage, epoch)}{wrap}.epoch");

    public static string Backups(LineageId lineage) => $"backup/{lineage}/";

    public static string Generation(LineageId lineage, string generation) => $"{Backups(lineage)}{generation}/";

    public static string Backup(LineageId lineage, string generation, string backup)
        => $"{Generation(lineage, generation)}{backup}/";

    public static string PackName(int number) => $"{PackPrefix}{number:D5}";

    /// <summary>The number of a data pack; null for any other object of a backup.</summary>
    public static int? TryPackNumber(string name)
        => name.StartsWith(PackPrefix, StringComparison.Ordinal)
            && int.TryParse(
                name.AsSpan(PackPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && PackName(number) == name
                ? number
                : null;

    /// <summary>Name, within a backup, of the copy of a WAL object that it carries.</summary>
    public static string BackupWalName(string walObject) => BackupWalPrefix + walObject;

    public static string Wal(LineageId lineage, uint timeline) => $"wal/{lineage}/{timeline:X8}/";

    public static string WalRoot(LineageId lineage) => $"wal/{lineage}/";

    /// <summary>What the keys of every content of one WAL file begin with.</summary>
    public static string WalFile(LineageId lineage, string name)
        => $"wal/{lineage}/{name[..8]}/{name[..16]}/{name}-";

    public static ObjectKey WalObject(LineageId lineage, string name, string contentId)
        => new(WalFile(lineage, name) + contentId);

    public static string Histories(LineageId lineage) => $"{HistoryPrefix}{lineage}/";

    /// <summary>What the keys of every content of one history file begin with.</summary>
    public static string HistoryFile(LineageId lineage, string name) => $"{Histories(lineage)}{name}-";

    public static ObjectKey History(LineageId lineage, string name, string contentId)
        => new(HistoryFile(lineage, name) + contentId);

    public static string Leases(LineageId lineage) => $"lease/{lineage}/";

    public static ObjectKey Lease(LineageId lineage, string id, int number)
        => new($"{Leases(lineage)}{id}/{number:D6}");

    public static string Intents(LineageId lineage) => $"intent/{lineage}/";

    public static ObjectKey Intent(LineageId lineage, string id, int number)
        => new($"{Intents(lineage)}{id}/{number:D6}");

    /// <summary>Splits <c>…/NAME-contentid</c> into the PostgreSQL name and the content id; null for any other
    /// key.</summary>
    public static (string Name, string ContentId)? SplitContentName(ObjectKey key)
    {
        var name = key.Name;
        var dash = name.LastIndexOf('-');

        return dash > 0 && name.Length - dash - 1 == ContentIdLength
            ? (name[..dash], name[(dash + 1)..])
            : null;
    }

    /// <summary>The WAL file that an object of a backup holds; null for its packs and documents.</summary>
    public static string? TryWalName(ManifestObject held)
        => held.Name.StartsWith(HeldWalPrefix, StringComparison.Ordinal) && ObjectKey.IsValid(held.Name)
            ? SplitContentName(new ObjectKey(held.Name))?.Name
            : null;

    const string PackPrefix = "pack-";
    const string HeldWalPrefix = "wal/";
    const int ContentIdLength = 32;
}
