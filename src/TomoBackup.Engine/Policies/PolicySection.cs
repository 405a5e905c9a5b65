using System.Globalization;

namespace TomoBackup.Policies;

/// <summary>The keys that a section may have, and those that the full policy has but this version does not
/// execute.</summary>
sealed record SectionKeys(string[] Executed, string[] NotExecuted);

/// <summary>
/// One mapping of the policy while it is bound. Unknown, doubled and not executed keys are found when it is opened;
/// each getter adds a finding where the value is not what it must be, and then answers null.
/// </summary>
sealed class PolicySection
{
    readonly string _path;
    readonly YamlMapping _mapping;
    readonly PolicyFindings _findings;

    PolicySection(string path, YamlMapping mapping, PolicyFindings findings)
    {
        _path = path;
        _mapping = mapping;
        _findings = findings;
    }

    /// <summary>Opens a mapping with fixed keys; null, with a finding, where the node is none.</summary>
    public static PolicySection? Open(YamlNode node, string path, SectionKeys keys, PolicyFindings findings)
    {
        var section = OpenNamed(node, path, findings);
        section?.CheckKeys(keys);
        return section;
    }

    /// <summary>Opens a mapping whose keys are names that the user chose.</summary>
    public static PolicySection? OpenNamed(YamlNode node, string path, PolicyFindings findings)
    {
        if (node is not YamlMapping mapping)
        {
            var name = path.Length is 0 ? "the policy" : $"'{path}'";
            findings.Add(node.At, $"{name} must be a section with keys, not {KindOf(node)}");
            return null;
        }

        var section = new PolicySection(path, mapping, findings);
        section.CheckDuplicates();
        return section;
    }

    public TextPosition At => _mapping.At;

    /// <summary>The entries in the order of the file, each key once.</summary>
    public IEnumerable<YamlEntry> Entries => _mapping.Entries.DistinctBy(entry => entry.Key.Value);

    public string PathOf(string key) => _path.Length is 0 ? key : $"{_path}.{key}";

    /// <summary>The value under a key, null where there is none.</summary>
    public YamlNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key.Value == key)?.Value;

    /// <summary>The value under a key that must be there.</summary>
    public YamlNode? Require(string key)
    {
        var value = Find(key);

        if (value is null)
            _findings.Add(At, $"'{PathOf(key)}' is missing");

        return value;
    }

    /// <summary>Opens the section under a key; null where there is none or it is wrong.</summary>
    public PolicySection? Section(string key, SectionKeys keys)
        => Find(key) is { } node ? Open(node, PathOf(key), keys, _findings) : null;

    /// <summary>A word or sentence, not empty.</summary>
    public string? Text(string key) => Find(key) is { } node ? TextOf(node, PathOf(key)) : null;

    /// <summary>An absolute path without a slash at its end.</summary>
    public string? AbsolutePath(string key)
    {
        if (Text(key) is not { } text)
            return null;

        if (Path.IsPathRooted(text) && !text.Contains('\0', StringComparison.Ordinal))
            return Path.GetFullPath(text) is "/" and var root ? root : Path.GetFullPath(text).TrimEnd('/');

        _findings.Add(Find(key)!.At, $"'{PathOf(key)}' must be an absolute path, not '{text}'");
        return null;
    }

    /// <summary>An absolute path that must be there.</summary>
    public string? RequiredPath(string key) => Require(key) is null ? null : AbsolutePath(key);

    /// <summary>A whole number between two bounds.</summary>
    public int? Number(string key, int least, int most)
    {
        if (Text(key) is not { } text)
            return null;

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= most)
            return number;

        _findings.Add(Find(key)!.At, $"'{PathOf(key)}' must be a whole number from {least} to {most}, not '{text}'");
        return null;
    }

    /// <summary>A list under a key, null where there is none.</summary>
    public YamlSequence? List(string key)
    {
        if (Find(key) is not { } node)
            return null;

        if (node is YamlSequence list)
            return list;

        _findings.Add(node.At, $"'{PathOf(key)}' must be a list, not {KindOf(node)}");
        return null;
    }

    /// <summary>The text of a scalar that is not empty; null, with a finding, where it is something else.</summary>
    public string? TextOf(YamlNode node, string path)
    {
        if (node is YamlScalar { IsNull: false, Value.Length: > 0 } scalar)
            return scalar.Value;

        _findings.Add(node.At, $"'{path}' must be a single value, not {KindOf(node)}");
        return null;
    }

    void CheckDuplicates()
    {
        var first = new Dictionary<string, TextPosition>();

        foreach (var (key, _) in _mapping.Entries)
            if (!first.TryAdd(key.Value, key.At))
                _findings.Add(
                    key.At,
                    $"'{PathOf(key.Value)}' stands here twice, first in line {first[key.Value].Line}");
    }

    void CheckKeys(SectionKeys keys)
    {
        foreach (var (key, _) in Entries)
        {
            if (keys.NotExecuted.Contains(key.Value))
                _findings.Add(key.At, $"'{PathOf(key.Value)}' is not executed by this version; remove it");
            else if (!keys.Executed.Contains(key.Value))
                _findings.Add(key.At, UnknownKey(key.Value, keys));
        }
    }

    string UnknownKey(string key, SectionKeys keys)
    {
        var place = _path.Length is 0 ? "" : $" in '{_path}'";

        return NearestWord.Find(key, keys.Executed) is { } near
            ? $"unknown key '{key}'{place}; did you mean '{near}'?"
            : $"unknown key '{key}'{place}; it takes {string.Join(", ", keys.Executed)}";
    }

    static string KindOf(YamlNode node) => node switch
    {
        YamlMapping => "a section",
        YamlSequence => "a list",
        YamlScalar { IsNull: true } or YamlScalar { Value.Length: 0 } => "nothing",
        _ => "a single value",
    };
}
