using System.Text.Json;
using System.Text.Json.Serialization;
using TomoBackup.Postgres;
using TomoBackup.Storage;

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

    /// <summary>Reads the JSON of a note; null where it is none.</summary>
    public static WalNote? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RepositoryJson.Default.WalNote);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The notes of an archived file as they stand there, proven by nothing; null where they cannot be read.
    /// </summary>
    public static async ValueTask<WalNote?> TryReadAsync(
        Repository repository, ArchivedFile file, CancellationToken cancellationToken)
    {
        try
        {
            return await PackObjectReader.ReadHeaderAsync(repository.Store, file.Key, cancellationToken)
                .ConfigureAwait(false) is { } header
                ? Parse(header.PublicNote.Span)
                : null;
        }
        catch (Exception e) when (e is TomoBackupException or StoreException)
        {
            return null;
        }
    }
}

/// <summary>The part of a WAL object's notes that only a key opens: restore point names are the user's words.</summary>
sealed record WalPrivateNote(IReadOnlyList<WalRestorePoint> RestorePoints);

/// <summary>A named restore point.</summary>
sealed record WalRestorePoint(string Name, Lsn Lsn, DateTimeOffset Time);
