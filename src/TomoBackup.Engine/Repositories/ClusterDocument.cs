using System.Text.Json.Serialization;

namespace TomoBackup.Repositories;

/// <summary>What a backup keeps of the cluster as a whole, encrypted (<c>docs/format</c> §8, object
/// <c>cluster</c>).</summary>
sealed record ClusterDocument
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Label { get; init; }

    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>Byte for byte what the server answered: a changed byte makes it unusable.</summary>
    public required byte[] BackupLabel { get; init; }

    public required byte[] TablespaceMap { get; init; }

    public required IReadOnlyList<NamedContent> History { get; init; }

    public required IReadOnlyList<StoredTablespace> Tablespaces { get; init; }

    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required IReadOnlyList<string> PreloadLibraries { get; init; }

    public required IReadOnlyList<InstalledExtension> Extensions { get; init; }

    public required IReadOnlyList<DatabaseCollation> Collations { get; init; }

    public string? Invariants { get; init; }
}

/// <summary>A small file that is kept in the document itself.</summary>
sealed record NamedContent(string Name, byte[] Content);

/// <summary>A tablespace and where it lay.</summary>
sealed record StoredTablespace(uint Oid, string Location);

/// <summary>An extension installed in a database: the host of a restore needs its library.</summary>
sealed record InstalledExtension(string Database, string Name, string Version);

/// <summary>The collation version that a database's indexes were sorted by.</summary>
sealed record DatabaseCollation(string Database, string Provider, string? Version);
