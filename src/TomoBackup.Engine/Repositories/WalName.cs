using TomoBackup.Postgres.Wal;

namespace TomoBackup.Repositories;

/// <summary>Questions about the names of archived files.</summary>
static class WalName
{
    /// <summary>True for a timeline history file.</summary>
    public static bool IsHistory(string name)
        => WalFileName.TryParse(name, out var parsed) && parsed.Kind == WalFileKind.TimelineHistory;

    /// <summary>True for a whole segment.</summary>
    public static bool IsSegment(string name)
        => WalFileName.TryParse(name, out var parsed) && parsed.Kind == WalFileKind.Segment;
}
