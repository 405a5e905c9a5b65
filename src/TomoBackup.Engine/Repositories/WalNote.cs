using System.Text.Json.Serialization;
using TomoBackup.Postgres;

namespace TomoBackup.Repositories;

/// <summary>What a WAL object says of itself in public (<c>docs/format</c> §6), authentic to whoever holds the epoch's
/// key: enough to choose a restore point without reading the segment.</summary>
sealed record WalNote
{
    public required string Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SystemIdentifier { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public uint? Timeline { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Lsn? Start { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Length { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Lsn? FirstRecord { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Lsn? LastRecord { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Lsn? End { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Lsn? Continues { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Commits { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? FirstCommit { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LastCommit { get; init; }
}

/// <summary>The part of a WAL object's notes that only a key opens: restore point names are the user's words.</summary>
sealed record WalPrivateNote(IReadOnlyList<WalRestorePoint> RestorePoints);

/// <summary>A named restore point.</summary>
sealed record WalRestorePoint(string Name, Lsn Lsn, DateTimeOffset Time);
