namespace TomoBackup.Policies.Declaration;

/// <summary>One key of the policy file: all that is known of it stands here and nowhere else.</summary>
/// <param name="name">As it is written.</param>
/// <param name="words">What it means: one sentence for people.</param>
/// <param name="shape">What stands under it.</param>
class PolicyKey(string name, string words, ValueShape shape)
{
    public string Name { get; } = name;

    public string Words { get; } = words;

    public ValueShape Shape { get; } = shape;

    /// <summary>True where a section without it is wrong.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The value where it is not written, as it would be written; null where there is none.</summary>
    public string? Default { get; init; }

    /// <summary>What it means that it is not written, where it has no default value: <c>never</c>. Null for a section
    /// whose keys then have their defaults, and for a value of which nothing more can be said.</summary>
    public string? WhenAbsent { get; init; }

    /// <summary>What this version does not do about it yet; null where it does all. See
    /// <see cref="UnexecutedParts"/>.</summary>
    public string? NotYet { get; init; }
}

/// <summary>A key with one value of a type.</summary>
sealed class PolicyKey<T>(string name, string words, ScalarShape<T> shape) : PolicyKey(name, words, shape)
{
    public ScalarShape<T> Scalar { get; } = shape;
}

/// <summary>A key with a list of single values.</summary>
sealed class ListKey<T>(string name, string words, ListShape<T> shape) : PolicyKey(name, words, shape)
{
    public ListShape<T> List { get; } = shape;
}
