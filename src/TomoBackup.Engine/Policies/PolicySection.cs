using TomoBackup.Policies.Declaration;

namespace TomoBackup.Policies;

/// <summary>
/// One mapping of the policy while it is bound. It adds no finding: what does not fit was found before by
/// <see cref="ShapeCheck"/>, and reads as absent here.
/// </summary>
readonly struct PolicySection(YamlNode? node)
{
    readonly YamlMapping? _mapping = node as YamlMapping;

    /// <summary>The entries in the order of the file, each key once.</summary>
    public IEnumerable<YamlEntry> Entries => _mapping?.Entries.DistinctBy(entry => entry.Key.Value) ?? [];

    /// <summary>The value under a key, null where there is none.</summary>
    public YamlNode? Find(PolicyKey key) => _mapping?.Find(key.Name);

    /// <summary>The value, or the declared default.</summary>
    public T? Get<T>(PolicyKey<T> key)
        => Find(key) is YamlScalar scalar ? key.Scalar.Read(scalar.Value)
            : key.Default is { } value ? key.Scalar.Read(value)
            : default;

    /// <summary>The values of a list, or the declared default; null where there is neither.</summary>
    public IReadOnlyList<T>? Get<T>(ListKey<T> key)
        => Find(key) is YamlSequence list
            ? [.. list.Items.OfType<YamlScalar>().Select(item => key.List.Scalar.Read(item.Value)).OfType<T>()]
            : key.Default is { } value ? [key.List.Scalar.Read(value)!]
            : null;

    /// <summary>The section under a key; one without entries where there is none.</summary>
    public PolicySection Section(PolicyKey key) => new(Find(key));

    /// <summary>The section under a key, where there is one.</summary>
    public bool TryOpen(PolicyKey key, out PolicySection section)
    {
        section = Section(key);
        return section._mapping is not null;
    }

    /// <summary>The sections of a list.</summary>
    public IEnumerable<PolicySection> Sections(PolicyKey key)
        => Find(key) is YamlSequence list ? list.Items.Select(item => new PolicySection(item)) : [];
}
