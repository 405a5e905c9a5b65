namespace TomoBackup.Policies;

/// <summary>Where in its file each key of a policy stands.</summary>
public sealed class PolicyPlaces
{
    readonly YamlNode? _root;

    PolicyPlaces(YamlNode? root) => _root = root;

    /// <summary>The places of a policy's text.</summary>
    public static PolicyPlaces Of(string text) => new(YamlTree.Read(text, new PolicyFindings(text)));

    /// <summary>Line and column, both from 1, of a key such as <c>clusters.main.full</c>. Where the file does not have
    /// it, those of the nearest section above; null where it has none of them.</summary>
    public (int Line, int Column)? Find(string path)
    {
        TextPosition? found = null;
        var node = _root;

        // A key may be empty (a prefix of a bucket), so the end of a path is null and not an empty rest.
        for (string? rest = path; rest is not null && node is YamlMapping mapping && Entry(mapping, rest) is { } entry;)
        {
            found = entry.Key.At;
            node = entry.Value;
            rest = rest.Length > entry.Key.Value.Length ? rest[(entry.Key.Value.Length + 1)..] : null;
        }

        return found is { } at ? (at.Line, at.Column) : null;
    }

    /// <summary>The entry that the rest of a path begins with: prefixes of a bucket hold dots, so the longest
    /// key.</summary>
    static YamlEntry? Entry(YamlMapping mapping, string rest)
        => mapping.Entries
            .Where(entry => rest == entry.Key.Value
                || rest.StartsWith($"{entry.Key.Value}.", StringComparison.Ordinal))
            .MaxBy(entry => entry.Key.Value.Length);
}
