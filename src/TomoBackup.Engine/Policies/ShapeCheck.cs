using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>Compares the tree of a policy file with its declaration and collects everything that does not fit. What
/// one value says of another is left to <see cref="PolicyReferences"/>.</summary>
sealed class ShapeCheck(PolicyFindings findings)
{
    const int FewKeys = 7;

    /// <summary>Checks a value and all below it.</summary>
    /// <param name="node">The value.</param>
    /// <param name="path">Its place, for messages; empty for the whole file.</param>
    /// <param name="shape">What it must look like.</param>
    public void Check(YamlNode node, string path, ValueShape shape)
    {
        switch (shape)
        {
            case ScalarShape scalar:
                CheckScalar(node, path, scalar, scalar.Form);
                break;

            case EitherShape either when either.For(node) is ScalarShape scalar:
                CheckScalar(node, path, scalar, $"{scalar.Form}, or a section");
                break;

            case EitherShape either:
                Check(node, path, either.For(node));
                break;

            case ListShape list:
                CheckList(node, path, list);
                break;

            case NamedShape named:
                CheckNamed(node, path, named);
                break;

            case SectionShape section:
                CheckSection(node, path, section);
                break;

            default:
                throw new InvalidOperationException($"shape {shape} is unknown");
        }
    }

    void CheckScalar(YamlNode node, string path, ScalarShape shape, string form)
    {
        var faults = node is YamlScalar { IsNull: false, Value.Length: > 0 } scalar
            ? shape.FaultsOf(path, scalar.Value)
            : [$"'{path}' must be {form}, not {KindOf(node)}"];

        foreach (var fault in faults)
            Add(node.At, fault, shape.MayBeSecret);
    }

    void CheckList(YamlNode node, string path, ListShape shape)
    {
        if (node is not YamlSequence list)
        {
            findings.Add(node.At, $"'{path}' must be a list, not {KindOf(node)}");
            return;
        }

        if (list.Items.Count < shape.Least.Count)
            findings.Add(list.At, $"'{path}' needs at least {Number(shape.Least.Count)}{Because(shape.Least.Why)}");

        var seen = new HashSet<string>();

        foreach (var (at, item) in list.Items.Index())
        {
            Check(item, $"{path}[{at}]", shape.Item);

            if (item is YamlScalar { IsNull: false } scalar
                && shape.Item is ScalarShape kind
                && kind.FaultsOf(path, scalar.Value).Count is 0
                && !seen.Add(scalar.Value))
                findings.Add(item.At, $"'{scalar.Value}' stands twice in '{path}'");
        }
    }

    void CheckNamed(YamlNode node, string path, NamedShape shape)
    {
        if (node is not YamlMapping mapping)
        {
            findings.Add(node.At, $"'{path}' must be a section with names, not {KindOf(node)}");
            return;
        }

        CheckDuplicates(mapping, path);

        if (shape.IsNeeded && mapping.Entries.Count is 0)
            findings.Add(mapping.At, $"'{path}' names none; at least one is needed");

        foreach (var (name, value) in mapping.Entries.DistinctBy(entry => entry.Key.Value))
        {
            if (!PolicyValues.IsName(name.Value))
                findings.Add(name.At, $"'{name.Value}' is no name: up to 63 of a-z, 0-9 and '-', not '-' first");

            Check(value, PathOf(path, name.Value), shape.Item);
        }
    }

    void CheckSection(YamlNode node, string path, SectionShape shape)
    {
        if (node is not YamlMapping mapping)
        {
            var name = path.Length is 0 ? "the policy" : $"'{path}'";
            var keys = path.Length is 0 || shape.Keys.Count > FewKeys ? "" : $" ({string.Join(", ", shape.Names)})";
            Add(node.At, $"{name} must be a section with keys{keys}, not {KindOf(node)}", shape.MayBeSecret);
            return;
        }

        CheckDuplicates(mapping, path);

        foreach (var (key, value) in mapping.Entries)
            if (!shape.Names.Contains(key.Value) && shape.Others is null)
                findings.Hide(value.At);

        foreach (var (key, value) in mapping.Entries.DistinctBy(entry => entry.Key.Value))
            if (shape.Keys.FirstOrDefault(known => known.Name == key.Value) is { } known)
                Check(value, PathOf(path, key.Value), known.Shape);
            else if (shape.Others is { } others && NearestWord.Find(key.Value, shape.Names) is null)
                Check(value, PathOf(path, key.Value), others);
            else
                findings.Add(key.At, UnknownKey(key.Value, path, shape));

        foreach (var missing in shape.Keys.Where(key => key.IsRequired && mapping.Find(key.Name) is null))
            findings.Add(mapping.At, $"'{PathOf(path, missing.Name)}' is missing");

        foreach (var choice in shape.Choices)
            CheckChoice(mapping, path, choice);
    }

    void CheckDuplicates(YamlMapping mapping, string path)
    {
        var first = new Dictionary<string, TextPosition>();

        foreach (var (key, _) in mapping.Entries)
            if (!first.TryAdd(key.Value, key.At))
                findings.Add(
                    key.At, $"'{PathOf(path, key.Value)}' stands here twice, first in line {first[key.Value].Line}");
    }

    void CheckChoice(YamlMapping mapping, string path, KeyChoice choice)
    {
        var given = choice.Keys.Where(key => mapping.Find(key) is not null).ToList();
        var all = string.Join(", ", choice.Keys.Select(key => $"'{key}'"));
        var at = given.Count is 0 ? mapping.At : mapping.Entries.First(entry => entry.Key.Value == given[^1]).Key.At;

        var fault = (choice.Rule, given.Count) switch
        {
            (ChoiceRule.ExactlyOne, 0) => $"'{path}' needs one of {all}",
            (ChoiceRule.ExactlyOne, > 1) => $"'{path}' has '{given[0]}' and '{given[^1]}'; only one of them may stand",
            (ChoiceRule.AtLeastOne, 0) => $"'{path}' needs at least one of {all}",
            (ChoiceRule.AllOrNone, > 0) when given.Count < choice.Keys.Length
                => $"'{path}' has '{given[0]}' without '{choice.Keys.First(key => !given.Contains(key))}'",
            _ => null,
        };

        if (fault is not null)
            findings.Add(at, fault);
    }

    void Add(TextPosition at, string message, bool isBesideSecret)
    {
        if (isBesideSecret)
            findings.AddBesideSecret(at, message);
        else
            findings.Add(at, message);
    }

    static string UnknownKey(string key, string path, SectionShape shape)
    {
        var place = path.Length is 0 ? "" : $" in '{path}'";

        if (shape.Refused is { } refused && refused.Keys.Contains(key))
            return $"'{key}' cannot stand{place}: {refused.Why}";

        return NearestWord.Find(key, shape.Names) is { } near
            ? $"unknown key '{key}'{place}; did you mean '{near}'?"
            : $"unknown key '{key}'{place}; it takes {string.Join(", ", shape.Names)}";
    }

    static string PathOf(string path, string key) => path.Length is 0 ? key : $"{path}.{key}";

    static string Number(int count) => count switch { 1 => "one", 2 => "two", _ => $"{count}" };

    static string Because(string? why) => why is null ? "" : $", {why}";

    static string KindOf(YamlNode node) => node switch
    {
        YamlMapping => "a section",
        YamlSequence => "a list",
        YamlScalar { IsNull: true } or YamlScalar { Value.Length: 0 } => "nothing",
        _ => "a single value",
    };
}
