using System.Text.Json;
using System.Text.Json.Serialization;
using TomoBackup.Repositories;

namespace TomoBackup.Retention;

/// <summary>
/// What this host remembers of a repository between two runs. Losing it is safe: the grace begins again, and the clock
/// is compared with the repository only.
/// </summary>
/// <param name="Repository">The place's own id: another place under the same name begins anew.</param>
/// <param name="LastRun">When the last run was, by this host's clock.</param>
/// <param name="Backups">Since when which backup is unwanted.</param>
/// <param name="Wal">Since when which WAL is unwanted.</param>
/// <param name="Histories">History files that were read once, by their object's name: in sealed mode nothing on this
/// host opens them later.</param>
sealed record RetentionMemory(
    string Repository,
    DateTimeOffset LastRun,
    IReadOnlyDictionary<string, DateTimeOffset> Backups,
    IReadOnlyList<WalMark> Wal,
    IReadOnlyDictionary<string, string> Histories)
{
    /// <summary>The marks for the planner.</summary>
    [JsonIgnore]
    public RetentionMarks Marks => new(Backups, Wal);

    /// <summary>What is remembered; null where nothing is, or where it cannot be read or speaks of another
    /// place.</summary>
    public static RetentionMemory? TryRead(HostState state, string cluster, Repository repository)
    {
        try
        {
            return state.TryReadFile(cluster, NameOf(repository)) is { } bytes
                && JsonSerializer.Deserialize(bytes, RetentionJson.Default.RetentionMemory) is { } memory
                && memory.Repository == repository.Id
                ? memory
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Remembers.</summary>
    public void Write(HostState state, string cluster, Repository repository)
        => state.WriteFile(
            cluster,
            NameOf(repository),
            JsonSerializer.SerializeToUtf8Bytes(this, RetentionJson.Default.RetentionMemory));

    static string NameOf(Repository repository) => $"retention-{repository.Name}.json";
}

/// <summary>JSON of this room's state.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(TimeJson)])]
[JsonSerializable(typeof(RetentionMemory))]
sealed partial class RetentionJson : JsonSerializerContext;
