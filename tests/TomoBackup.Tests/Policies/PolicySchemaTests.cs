using System.Text.Json.Nodes;
using Json.Schema;
using TomoBackup.Policies;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TomoBackup.Tests.Policies;

public sealed class PolicySchemaTests
{
    static readonly JsonSchema Schema = JsonSchema.FromText(PolicySchema.Text());

    [Fact]
    public void The_file_is_what_the_declaration_says()
        => GeneratedText.Verify("docs/policy.schema.json", PolicySchema.Text());

    [Fact]
    public void The_reference_of_keys_is_what_the_declaration_says()
        => GeneratedText.Verify(
            "docs/operate/policy.md",
            KeyReference.Write(),
            "<!-- keys: begin; written by the tests from the declaration -->\n",
            "<!-- keys: end -->");

    [Fact]
    public void It_is_itself_a_schema_of_its_draft()
        => Assert.True(MetaSchemas.Draft202012.Evaluate(JsonNode.Parse(PolicySchema.Text())).IsValid);

    [Fact]
    public void Every_key_has_its_sentence()
        => Assert.All(
            Keys(JsonNode.Parse(PolicySchema.Text())!.AsObject()),
            key => Assert.EndsWith(".", key["description"]!.GetValue<string>(), StringComparison.Ordinal));

    [Fact]
    public void Takes_the_policies_of_the_documentation()
    {
        Assert.True(Fits(PolicyText.Whole));
        Assert.True(Fits(PolicyText.Least));
    }

    // Each of these is refused by the reader as well, so that an editor and 'policy check' agree.
    [Theory]
    [InlineData("banana: yellow")]
    [InlineData("state_directory: srv")]
    [InlineData("backup: { workers: 65 }")]
    [InlineData("backup: { compression_level: 1.5 }")]
    [InlineData("policy: { effective: 2.3.2026 }")]
    [InlineData("objectives: { hosted: { rto: 4h } }")]
    [InlineData("objectives: { Hosted: { rto: 4h, rpo: 1h } }")]
    [InlineData("objectives: { hosted: { rto: 4 h, rpo: 1h } }")]
    [InlineData("objectives: { hosted: { rto: 0h, rpo: 1h } }")]
    [InlineData("encryption: { recipients: [age1ukfdg6vu0yl3qm0ltecy9nce02qnfz2lc2cfw42y5uuj970a2s6sxzd2xy] }")]
    [InlineData("encryption: { recipients: [a, b] }")]
    [InlineData("encryption: { identity: {} }")]
    [InlineData("retention: { wal: 7 }")]
    [InlineData("retention: { wal: {} }")]
    [InlineData("retention: { wal: { local: 7w } }")]
    [InlineData("retention: { wal: { daily: 0 } }")]
    [InlineData("retention: { wal: { daily: 7 } }")]
    [InlineData("retention: { wal: { local: { age: 7d, count: 2 } } }")]
    [InlineData("tests: { restore: { at: '0 4 * * 3', every: 7d } }")]
    [InlineData("tests: { restore: { at: '@daily' } }")]
    [InlineData("tests: { restore: { at: '0 4 * *' } }")]
    [InlineData("tests: { restore: { every: 7d, choose: [newest] } }")]
    [InlineData("tests: { drill: { every: 12mo } }")]
    [InlineData("configuration: { tls: { files: [etc], on: 1h } }")]
    [InlineData("configuration: { tls: { files: [/etc/tls], grafana: 'https://a.example.org', on: 1h } }")]
    [InlineData("alerts: { email: { to: [], smtp: 'smtp://localhost' } }")]
    [InlineData("alerts: { email: { to: [a@b.example], smtp: 'https://localhost' } }")]
    [InlineData("alerts: { webhook: [{ url: 'https://a:b@c.example' }] }")]
    [InlineData("alerts: { webhook: [{ url: 'https://c.example', secret: { file: /a, command: b } }] }")]
    [InlineData("alerts: { backup_below: 101% }")]
    [InlineData("alerts: { backup_below: 0% }")]
    [InlineData("compliance: { framework: iso }")]
    public void Refuses_what_the_reader_refuses_for_its_form(string section)
    {
        var text = $"{PolicyText.Least}\n{section}";

        Assert.NotEmpty(PolicyFile.Parse(text).Findings);
        Assert.False(Fits(text));
    }

    [Theory]
    [InlineData("retention: { wal: forever, backup: { daily: 7 }, dump: { local: { age: 1mo } } }")]
    [InlineData("backup: { workers: 64, compression_level: 19, max_chain: 10000 }")]
    [InlineData("tests: { drill: { at: '0 4 1 1 *', repository: local } }")]
    [InlineData("configuration: { tls: { files: [/etc/tls], every: 1d } }")]
    public void Takes_what_the_reader_takes(string section)
    {
        var text = $"{PolicyText.Least}\n{section}";

        Assert.Empty(PolicyFile.Parse(text).Findings);
        Assert.True(Fits(text));
    }

    static bool Fits(string yaml) => Schema.Evaluate(ToJson(yaml)).IsValid;

    static IEnumerable<JsonObject> Keys(JsonObject schema)
        => schema.SelectMany(member => member is { Key: "properties", Value: JsonObject properties }
            ? properties.Select(property => property.Value!.AsObject()).SelectMany(key => Keys(key).Prepend(key))
            : member.Value is JsonObject below ? Keys(below) : []);

    // As an editor sees it: a plain number is a number, everything else a text.
    static JsonNode? ToJson(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        parser.Consume<StreamStart>();
        parser.Consume<DocumentStart>();
        return Read(parser);
    }

    static JsonNode? Read(Parser parser)
    {
        if (parser.TryConsume<Scalar>(out var scalar))
            return scalar.Style is not ScalarStyle.Plain ? JsonValue.Create(scalar.Value)
                : long.TryParse(scalar.Value, out var number) ? JsonValue.Create(number)
                : bool.TryParse(scalar.Value, out var flag) ? JsonValue.Create(flag)
                : JsonValue.Create(scalar.Value);

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JsonArray();

            while (!parser.TryConsume<SequenceEnd>(out _))
                list.Add(Read(parser));

            return list;
        }

        var mapping = new JsonObject();
        parser.Consume<MappingStart>();

        while (!parser.TryConsume<MappingEnd>(out _))
            mapping[parser.Consume<Scalar>().Value] = Read(parser);

        return mapping;
    }
}
