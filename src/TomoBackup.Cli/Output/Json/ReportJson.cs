using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TomoBackup.Setup;

namespace TomoBackup.Cli.Output.Json;

/// <summary>
/// Every document that <c>--json</c> prints, bound at compile time. A new one is a record in this folder and a line
/// here. Names are in snake case, times RFC 3339 in UTC, sizes in bytes, durations in seconds; what is unknown is
/// left out.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(WarningDocument))]
[JsonSerializable(typeof(PolicyCheckDocument))]
[JsonSerializable(typeof(PolicyShowDocument))]
[JsonSerializable(typeof(PolicyRenderDocument))]
[JsonSerializable(typeof(BackupDocument))]
[JsonSerializable(typeof(ListDocument))]
[JsonSerializable(typeof(NotDueDocument))]
[JsonSerializable(typeof(InitReport))]
[JsonSerializable(typeof(RestoreDocument))]
[JsonSerializable(typeof(VerifyDocument))]
[JsonSerializable(typeof(DemoDocument))]
[JsonSerializable(typeof(SetupDocument))]
[JsonSerializable(typeof(CheckDocument))]
[JsonSerializable(typeof(KeyShowReport))]
[JsonSerializable(typeof(KeyCheckReport))]
[JsonSerializable(typeof(KeyGenerateDocument))]
[JsonSerializable(typeof(ExpireDocument))]
[JsonSerializable(typeof(WhyDocument))]
[JsonSerializable(typeof(HoldDocument))]
[JsonSerializable(typeof(FollowDocument))]
[JsonSerializable(typeof(FollowedRepositoryDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(WindowsDocument))]
sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>The one to use: quotes and angle brackets stay readable, since nothing here goes into a web
    /// page.</summary>
    public static ReportJson Plain => field ??= new ReportJson(new JsonSerializerOptions(s_defaultOptions)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
