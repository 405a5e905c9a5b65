using System.Text.Json;

namespace TomoBackup.Testing;

/// <summary>
/// The members of a JSON document and their types, one on a line and sorted: what a script relies on, without the
/// values that change from run to run. All elements of an array count as one.
/// </summary>
public static class JsonShape
{
    /// <summary>Describes a document; throws <see cref="JsonException"/> where the text is none.</summary>
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var members = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        Add("", document.RootElement, members);
        return string.Concat(members.Select(m => $"{m.Key}: {string.Join(" | ", m.Value)}\n"));
    }

    static void Add(string path, JsonElement value, SortedDictionary<string, SortedSet<string>> members)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                foreach (var member in value.EnumerateObject())
                    Add(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value, members);

                break;

            case JsonValueKind.Array when value.GetArrayLength() > 0:
                foreach (var element in value.EnumerateArray())
                    Add($"{path}[]", element, members);

                break;

            default:
                if (!members.TryGetValue(path, out var types))
                    members.Add(path, types = new SortedSet<string>(StringComparer.Ordinal));

                types.Add(TypeOf(value));
                break;
        }
    }

    static string TypeOf(JsonElement value)
        => value.ValueKind switch
        {
            JsonValueKind.String when IsTime(value) => "time",
            JsonValueKind.String => "text",
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "true or false",
            JsonValueKind.Null => "null",
            JsonValueKind.Array => "empty list",
            _ => "empty object",
        };

    // 2026-11-22T20:15:00…; GetDateTimeOffset would take a bare date as well.
    static bool IsTime(JsonElement value)
        => value.GetString() is { Length: >= 20 } text && text[10] == 'T' && value.TryGetDateTimeOffset(out _);
}
