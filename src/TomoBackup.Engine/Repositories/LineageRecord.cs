using System.Text.Json.Serialization;
using TomoBackup.Codecs;

namespace TomoBackup.Repositories;

/// <summary>One record in a cluster's history (<c>docs/format</c> §4): a lineage begins, or a host claims a
/// timeline.</summary>
sealed record LineageRecord
{
    public const string Created = "created";
    public const string Claim = "claim";

    public required string Record { get; init; }

    public required string Cluster { get; init; }

    public required int Number { get; init; }

    public required LineageId Lineage { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Host { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SystemIdentifier { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MajorVersion { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Signer { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EpochId? IdEpoch { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Recipients { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public uint? Timeline { get; init; }
}
