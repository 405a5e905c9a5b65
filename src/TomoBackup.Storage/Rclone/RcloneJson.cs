using System.Text.Json.Serialization;

namespace TomoBackup.Storage.Rclone;

sealed record RcloneFeatures(bool Move, bool PartialUploads, bool BucketBased, bool SlowHash);

sealed record RcloneRemoteDescription(RcloneFeatures Features, string[]? Hashes);

sealed record RcloneItem(
    string Path, long Size, DateTimeOffset ModTime, bool IsDir, Dictionary<string, string>? Hashes);

sealed record RcloneItemAnswer(RcloneItem? Item);

sealed record RcloneListAnswer(List<RcloneItem>? List);

sealed record RcloneStats(long Bytes);

sealed record RcloneErrorAnswer(string? Error);

sealed record RcloneLogLine(string? Level, string? Msg, string? Object);

/// <summary>The answers of <c>rclone rcd</c>, and the lines of its log, as far as they are read.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(RcloneRemoteDescription))]
[JsonSerializable(typeof(RcloneItemAnswer))]
[JsonSerializable(typeof(RcloneListAnswer))]
[JsonSerializable(typeof(RcloneStats))]
[JsonSerializable(typeof(RcloneErrorAnswer))]
[JsonSerializable(typeof(RcloneLogLine))]
sealed partial class RcloneJson : JsonSerializerContext;
