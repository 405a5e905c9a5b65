using System.Text.Json;

namespace TomoBackup.Policies.Declaration;

/// <summary>Writes shapes as JSON Schema (https://json-schema.org/draft/2020-12).</summary>
sealed class SchemaWriter(Utf8JsonWriter json)
{
    /// <summary>The members of one shape, into an object that is open.</summary>
    public void Members(ValueShape shape)
    {
        switch (shape)
        {
            case ScalarShape scalar:
                Scalar(scalar);
                break;

            case ListShape list:
                List(list);
                break;

            case NamedShape named:
                Named(named);
                break;

            case SectionShape section:
                Section(section);
                break;

            case EitherShape either:
                json.WriteStartArray("anyOf");

                foreach (var way in new ValueShape?[] { either.Scalar, either.Section, either.Named })
                    if (way is not null)
                        Object(() => Members(way));

                json.WriteEndArray();
                break;

            default:
                throw new InvalidOperationException($"shape {shape} is unknown");
        }
    }

    void Scalar(ScalarShape shape)
    {
        var schema = shape.Schema;
        json.WriteString("type", schema.Type);

        if (schema.Pattern is { } pattern)
            json.WriteString("pattern", pattern);

        if (schema.Least is { } least)
            json.WriteNumber("minimum", least);

        if (schema.Most is { } most)
            json.WriteNumber("maximum", most);

        if (schema.Values.Count > 0)
            Strings("enum", schema.Values);
    }

    void List(ListShape list)
    {
        json.WriteString("type", "array");
        Object("items", () => Members(list.Item));
        json.WriteNumber("minItems", list.Least.Count);
        json.WriteBoolean("uniqueItems", true);
    }

    void Named(NamedShape named)
    {
        json.WriteString("type", "object");
        Object("propertyNames", () => json.WriteString("pattern", PolicyValues.NamePattern));
        Object("additionalProperties", () => Members(named.Item));

        if (named.IsNeeded)
            json.WriteNumber("minProperties", 1);
    }

    void Section(SectionShape section)
    {
        json.WriteString("type", "object");
        Object("properties", () =>
        {
            foreach (var key in section.Keys)
                Object(key.Name, () => Key(key));
        });

        if (section.Others is { } others)
            Object("additionalProperties", () => Members(others));
        else
            json.WriteBoolean("additionalProperties", false);

        if (section.Keys.Any(key => key.IsRequired))
            Strings("required", section.Keys.Where(key => key.IsRequired).Select(key => key.Name));

        Choices(section.Choices);
    }

    void Key(PolicyKey key)
    {
        json.WriteString("description", DescriptionOf(key));

        if (key.Default is { } value)
            Default(key, value);

        Members(key.Shape);
    }

    void Default(PolicyKey key, string value)
    {
        json.WritePropertyName("default");

        if (key.Shape is ListShape)
            json.WriteStartArray();

        if (key.Shape is ScalarShape { Schema.Type: not "string" })
            json.WriteRawValue(value);
        else
            json.WriteStringValue(value);

        if (key.Shape is ListShape)
            json.WriteEndArray();
    }

    void Choices(IReadOnlyList<KeyChoice> choices)
    {
        if (choices.Count is 0)
            return;

        json.WriteStartArray("allOf");

        foreach (var choice in choices)
            Object(() => Choice(choice));

        json.WriteEndArray();
    }

    void Choice(KeyChoice choice)
    {
        if (choice.Rule is ChoiceRule.AllOrNone)
        {
            Object("dependentRequired", () =>
            {
                foreach (var key in choice.Keys)
                    Strings(key, choice.Keys.Where(other => other != key));
            });
            return;
        }

        json.WriteStartArray(choice.Rule is ChoiceRule.ExactlyOne ? "oneOf" : "anyOf");

        foreach (var key in choice.Keys)
            Object(() => Strings("required", [key]));

        json.WriteEndArray();
    }

    void Strings(string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);

        foreach (var value in values)
            json.WriteStringValue(value);

        json.WriteEndArray();
    }

    void Object(Action members)
    {
        json.WriteStartObject();
        members();
        json.WriteEndObject();
    }

    void Object(string name, Action members)
    {
        json.WritePropertyName(name);
        Object(members);
    }

    static string DescriptionOf(PolicyKey key)
        => key.Words
            + (key.WhenAbsent is { } absent ? $" When absent: {absent}." : "")
            + (key.NotYet is { } reason ? $" Not executed by this version: {reason}." : "");
}
