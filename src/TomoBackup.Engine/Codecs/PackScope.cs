namespace TomoBackup.Codecs;

/// <summary>What a pack holds, as its header's byte says (format §6).</summary>
public enum PackKind
{
    /// <summary>Runs of the files of a backup.</summary>
    Data = 1,

    /// <summary>One file of the archive.</summary>
    Wal = 2,

    /// <summary>The file list of a backup.</summary>
    FileList = 3,

    /// <summary>A timeline history file.</summary>
    History = 4,

    /// <summary>What a backup keeps of the cluster as a whole.</summary>
    Cluster = 5,
}

/// <summary>What a pack is and whose. A reader says what it expects; a pack of another scope is refused, so that no
/// object can stand in for another, however sound it is.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Lineage">Whose it is.</param>
/// <param name="Epoch">Whose key opens it.</param>
public readonly record struct PackScope(PackKind Kind, LineageId Lineage, EpochId Epoch);
