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
    const string Suffix = ".json";
    const int MaxFileBytes = 1 << 16;

    /// <summary>Letters of the moment that a name begins with, with the dash behind it.</summary>
    const int MomentLength = 24;

    string Folder => $"{stateFolder}/journal";

    /// <summary>Records one run. A journal that cannot be written never makes the operation itself fail.</summary>
    public void Record(JournalEntry entry)
    {
        try
        {
            files.CreateDirectories(Folder, Private | UnixFileMode.UserExecute);
            files.WriteNew(
                $"{Folder}/{entry.Time.UtcDateTime:yyyyMMdd'T'HHmmss'.'ffffff'Z'}-{entry.Verb}{Suffix}",
                JsonSerializer.SerializeToUtf8Bytes(entry, JournalJson.Default.JournalEntry),
                Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>The runs of a verb, newest first, each read when it is asked for; those that cannot be read are left
    /// out.</summary>
    public IEnumerable<JournalEntry> Newest(string verb)
        => Names()
            .Where(name => name.Length > MomentLength + Suffix.Length && name[MomentLength..^Suffix.Length] == verb)
            .OrderDescending(StringComparer.Ordinal)
            .Select(TryRead)
            .OfType<JournalEntry>();

    IEnumerable<string> Names()
    {
        try
        {
            return files.Stat($"{Folder}/.") is null ? [] : [.. files.List(Folder).Select(file => file.Name)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    JournalEntry? TryRead(string name)
    {
        try
        {
            return files.ReadAll($"{Folder}/{name}", MaxFileBytes) is { } bytes
                ? JsonSerializer.Deserialize(bytes, JournalJson.Default.JournalEntry)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>How one run ended.</summary>
sealed record JournalEntry(
    DateTimeOffset Time,
    string Verb,
    string Cluster,
    string Result,
    int ExitCode,
    double Seconds,
    string? Message,
    JournalNote? Note = null)
{
    /// <summary>Result of a run that came to its end.</summary>
    public const string Done = "done";
}

/// <summary>What a run measured, for <c>status</c>; each member null where the verb does not measure it.</summary>
sealed record JournalNote
{
    /// <summary>Name of the repository that it worked on.</summary>
    public string? Repository { get; init; }

    /// <summary>True where every byte was read.</summary>
    public bool? Deep { get; init; }

    /// <summary>What was missing, altered or unreadable: objects, or keys that did not fit.</summary>
    public int? Damage { get; init; }

    /// <summary>True where it went on to an open server.</summary>
    public bool? Started { get; init; }

    /// <summary>Bytes of files restored.</summary>
    public long? Bytes { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JournalEntry))]
sealed partial class JournalJson : JsonSerializerContext;
