using System.Text.Json;
using System.Text.Json.Serialization;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>
/// The one place that records how an operation ended: a line of JSON a run, in this host's state. (Signed evidence in
/// the repository comes with a later version; it will be written from here.)
/// </summary>
sealed class OperationJournal(IFileSystem files, string stateFolder)
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Records one run. A journal that cannot be written never makes the operation itself fail.</summary>
    public void Record(JournalEntry entry)
    {
        try
        {
            var folder = $"{stateFolder}/journal";
            files.CreateDirectories(folder, Private | UnixFileMode.UserExecute);
            files.WriteNew(
                $"{folder}/{entry.Time.UtcDateTime:yyyyMMdd'T'HHmmss'.'ffffff'Z'}-{entry.Verb}.json",
                JsonSerializer.SerializeToUtf8Bytes(entry, JournalJson.Default.JournalEntry),
                Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}

/// <summary>How one run ended.</summary>
sealed record JournalEntry(
    DateTimeOffset Time, string Verb, string Cluster, string Result, int ExitCode, double Seconds, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JournalEntry))]
sealed partial class JournalJson : JsonSerializerContext;
