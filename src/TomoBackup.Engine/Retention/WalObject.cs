using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Retention;

/// <summary>The key of an archived file, taken apart.</summary>
/// <param name="Segment">The segment that it belongs to.</param>
/// <param name="CanBeReplayed">False for PostgreSQL's note on a backup.</param>
readonly record struct WalObject(WalSegment Segment, bool CanBeReplayed)
{
    /// <summary>Null for a key that no writer of ours gives: what is not understood is not touched.</summary>
    public static WalObject? TryParse(LineageId lineage, ObjectKey key, WalSegmentSize size)
        => RepositoryLayout.SplitContentName(key) is var (name, contentId)
            && WalFileName.TryParse(name, out var parsed)
            && parsed.Kind != WalFileKind.TimelineHistory
            && parsed.TryGetSegment(size, out var segment)
            && RepositoryLayout.WalObject(lineage, name, contentId) == key
            ? new WalObject(segment, parsed.Kind is WalFileKind.Segment or WalFileKind.Partial)
            : null;
}
