using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>The JSON Schema of the policy file (https://json-schema.org/draft/2020-12), for editors that complete and
/// check it. It says less than <see cref="PolicyFile"/>, which also looks at what one value says of another.</summary>
public static class PolicySchema
{
    const string Draft = "https://json-schema.org/draft/2020-12/schema";

    static readonly JsonWriterOptions Style = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema as text that ends with a line end; the same in <c>docs/policy.schema.json</c>.</summary>
    public static string Text()
    {
        using var bytes = new MemoryStream();

        using (var json = new Utf8JsonWriter(bytes, Style))
        {
            json.WriteStartObject();
            json.WriteString("$schema", Draft);
            json.WriteString("title", "Policy file of tomo-backup");
            new SchemaWriter(json).Members(PolicyKeys.Root);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }
}
