using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>One effective value of a policy, or the beginning of a section.</summary>
/// <param name="Path">Its place: <c>clusters.main.wal.archive_timeout</c>.</param>
/// <param name="Name">The last part of the path.</param>
/// <param name="Depth">How many sections it stands in; 0 at the top.</param>
/// <param name="Value">The value as it is written, items of a list with a comma between them; null for a section, and
/// where nothing is set.</param>
/// <param name="Line">The line that set it, from 1; null where the file does not say it.</param>
/// <param name="Absent">What it means that nothing is set; null where something is.</param>
public sealed record PolicySetting(string Path, string Name, int Depth, string? Value, int? Line, string? Absent)
{
    /// <summary>True for what has settings below it instead of a value.</summary>
    public bool IsSection => Value is null && Absent is null;
}

/// <summary>Everything that a policy says, the defaults included, in the order of the declaration. Secrets do not
/// occur: a policy only says where they are read.</summary>
static class PolicySettings
{
    const string NotSaid = "not said";

    /// <summary>All settings of a tree in which nothing is wrong.</summary>
    public static IReadOnlyList<PolicySetting> Of(YamlNode root) => [.. OfKeys(root, "", 0, PolicyKeys.Root)];

    static IEnumerable<PolicySetting> OfKeys(YamlNode? node, string place, int depth, SectionShape section)
    {
        var mapping = node as YamlMapping;

        foreach (var key in section.Keys)
        {
            var entry = mapping?.Entries.FirstOrDefault(entry => entry.Key.Value == key.Name);

            foreach (var setting in entry is null
                ? OfAbsent(key, $"{place}{key.Name}", depth)
                : Of(entry.Value, entry.Key.At.Line, new Spot($"{place}{key.Name}", key.Name, depth), key.Shape))
                yield return setting;
        }

        if (section.Others is { } others)
            foreach (var (key, value) in mapping?.Entries ?? [])
                if (!section.Names.Contains(key.Value))
                    foreach (var setting in Of(
                        value, key.At.Line, new Spot($"{place}{key.Value}", $"'{key.Value}'", depth), others))
                        yield return setting;
    }

    static IEnumerable<PolicySetting> OfAbsent(PolicyKey key, string path, int depth)
    {
        if (key.Shape is not SectionShape section || key.WhenAbsent is not null)
        {
            yield return new PolicySetting(
                path, key.Name, depth, key.Default, null, key.Default is null ? key.WhenAbsent ?? NotSaid : null);
            yield break;
        }

        yield return new PolicySetting(path, key.Name, depth, null, null, null);

        foreach (var setting in OfKeys(null, $"{path}.", depth + 1, section))
            yield return setting;
    }

    static IEnumerable<PolicySetting> Of(YamlNode node, int line, Spot spot, ValueShape shape)
    {
        if (shape is EitherShape either)
            shape = either.For(node);

        yield return new PolicySetting(spot.Path, spot.Name, spot.Depth, ValueOf(node, shape), line, null);

        var below = (node, shape) switch
        {
            (_, SectionShape section) => OfKeysOf(node, spot, section),
            (YamlMapping mapping, NamedShape named) => mapping.Entries.SelectMany(
                entry => Of(entry.Value, entry.Key.At.Line, spot.Below(entry.Key.Value), named.Item)),
            (YamlSequence list, SectionListShape sections) => list.Items.Index().SelectMany(
                pair => Of(pair.Item, pair.Item.At.Line, spot.Item(pair.Index), sections.Item)),
            _ => [],
        };

        foreach (var setting in below)
            yield return setting;
    }

    // What a choice leaves out is not absent but not chosen.
    static IEnumerable<PolicySetting> OfKeysOf(YamlNode node, Spot spot, SectionShape section)
    {
        var chosen = section.Choices
            .Where(choice => choice.Rule is not ChoiceRule.AllOrNone).SelectMany(choice => choice.Keys).ToHashSet();

        return OfKeys(node, $"{spot.Path}.", spot.Depth + 1, section)
            .Where(setting => setting.Line is not null || !chosen.Contains(setting.Name));
    }

    static string? ValueOf(YamlNode node, ValueShape shape) => (node, shape) switch
    {
        (YamlScalar scalar, ScalarShape) => scalar.Value,
        (YamlSequence list, ListShape { Item: ScalarShape })
            => string.Join(", ", list.Items.OfType<YamlScalar>().Select(item => item.Value)),
        _ => null,
    };

    readonly record struct Spot(string Path, string Name, int Depth)
    {
        public Spot Below(string name) => new($"{Path}.{name}", name, Depth + 1);

        public Spot Item(int at) => new($"{Path}[{at}]", $"[{at}]", Depth + 1);
    }
}
