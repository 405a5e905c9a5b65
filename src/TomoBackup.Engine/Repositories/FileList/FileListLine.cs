using System.Text.Json.Serialization;

namespace TomoBackup.Repositories.FileList;

/// <summary>One line of a backup's file list (<c>docs/format</c> §8). Which members a line has depends on its type; a
/// line with any other is refused.</summary>
sealed record FileListLine
{
    public const string Directory = "directory";
    public const string File = "file";
    public const string Config = "config";
    public const string Damage = "damage";
    public const string End = "end";

    public required string Type { get; init; }

    public string? Path { get; init; }

    public string? Mode { get; init; }

    public long? Size { get; init; }

    public DateTimeOffset? Modified { get; init; }

    public string? Crc32c { get; init; }

    public IReadOnlyList<IReadOnlyList<int>>? Runs { get; init; }

    /// <summary>Pack, frame, offset and length of the file's <see cref="BlockMap"/>; then it has neither runs nor a
    /// checksum, because the bytes that are referred to were not read.</summary>
    public IReadOnlyList<int>? Map { get; init; }

    public IReadOnlyList<uint>? Blocks { get; init; }

    public long? Directories { get; init; }

    public long? Files { get; init; }

    public long? Bytes { get; init; }
}

/// <summary>JSON of the file list.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(TimeJson)])]
[JsonSerializable(typeof(FileListLine))]
sealed partial class FileListJson : JsonSerializerContext;
