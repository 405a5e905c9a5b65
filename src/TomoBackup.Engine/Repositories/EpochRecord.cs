using System.Text.Json;
using TomoBackup.Codecs;
using TomoBackup.Storage;

namespace TomoBackup.Repositories;

/// <summary>
/// The signed statement that an epoch is ours (<c>docs/format</c> §5). Without it anyone who can write to the bucket
/// could wrap a key of his own to our recipients and have a forged backup decrypt cleanly: age knows no sender.
/// </summary>
sealed record EpochRecord
{
    public const string Backup = "backup";
    public const string Wal = "wal";
    public const string Id = "id";

    public required LineageId Lineage { get; init; }

    public required EpochId Epoch { get; init; }

    public required string Purpose { get; init; }

    public required DateTimeOffset Opened { get; init; }

    public required string Commitment { get; init; }

    public required string Wrap { get; init; }

    public required string Sha256 { get; init; }

    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>The record under a key, authentic. Throws <see cref="CodecException"/> or <see cref="JsonException"/>
    /// where it is not, or where it speaks of another epoch than its key.</summary>
    public static EpochRecord Open(Lineage lineage, ObjectKey key, byte[] envelope)
    {
        var payload = Dsse.Open(envelope, DocumentType.Epoch, lineage.Signer);
        var record = JsonSerializer.Deserialize(payload, RepositoryJson.Default.EpochRecord);

        return record is not null && record.Lineage == lineage.Id
            && key.Value == $"{RepositoryLayout.Keys(lineage.Id, record.Epoch)}{record.Wrap}.epoch"
            ? record
            : throw new CodecException(CodecFailure.Foreign, "it speaks of another epoch");
    }
}
