using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TomoBackup.Codecs;
using TomoBackup.Postgres;

namespace TomoBackup.Repositories;

/// <summary>JSON of all documents in a repository: snake case, nothing unknown accepted, absent is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(LsnJson), typeof(LineageIdJson), typeof(EpochIdJson), typeof(TimeJson)])]
[JsonSerializable(typeof(RepositoryMarker))]
[JsonSerializable(typeof(LineageRecord))]
[JsonSerializable(typeof(EpochRecord))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(ClusterDocument))]
[JsonSerializable(typeof(ClusterState))]
[JsonSerializable(typeof(OpenGenerations))]
[JsonSerializable(typeof(RecoverySession))]
[JsonSerializable(typeof(LeaseRecord))]
[JsonSerializable(typeof(IntentRecord))]
[JsonSerializable(typeof(VerificationRecord))]
[JsonSerializable(typeof(ServiceRecord))]
[JsonSerializable(typeof(WalNote))]
[JsonSerializable(typeof(WalPrivateNote))]
sealed partial class RepositoryJson : JsonSerializerContext;

/// <summary>LSNs as PostgreSQL writes them.</summary>
sealed class LsnJson : JsonConverter<Lsn>
{
    public override Lsn Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => Lsn.TryParse(reader.GetString(), CultureInfo.InvariantCulture, out var lsn)
            ? lsn
            : throw new JsonException("not an LSN");

    public override void Write(Utf8JsonWriter writer, Lsn value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.ToString());
}

/// <summary>Lineage ids as hex.</summary>
sealed class LineageIdJson : JsonConverter<LineageId>
{
    public override LineageId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => LineageId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("not a lineage id");

    public override void Write(Utf8JsonWriter writer, LineageId value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.ToString());
}

/// <summary>Epoch ids as hex.</summary>
sealed class EpochIdJson : JsonConverter<EpochId>
{
    public override EpochId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => EpochId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("not an epoch id");

    public override void Write(Utf8JsonWriter writer, EpochId value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.ToString());
}

/// <summary>RFC 3339 in UTC, to the microsecond: PostgreSQL's own resolution.</summary>
sealed class TimeJson : JsonConverter<DateTimeOffset>
{
    const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => DateTimeOffset.TryParseExact(
            reader.GetString(), Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new JsonException("not a time in UTC");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        => writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
}
