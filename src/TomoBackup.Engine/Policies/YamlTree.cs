using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TomoBackup.Policies;

/// <summary>Where a node begins in the file; both count from 1.</summary>
readonly record struct TextPosition(int Line, int Column) : IComparable<TextPosition>
{
    public static TextPosition Of(Mark mark) => new((int)mark.Line, (int)mark.Column);

    public int CompareTo(TextPosition other)
        => Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);
}

abstract record YamlNode(TextPosition At);

sealed record YamlScalar(TextPosition At, string Value, bool IsPlain) : YamlNode(At)
{
    /// <summary>True for what YAML calls null: nothing after the colon, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => IsPlain && Value is "" or "~" or "null";
}

sealed record YamlSequence(TextPosition At, IReadOnlyList<YamlNode> Items) : YamlNode(At);

sealed record YamlMapping(TextPosition At, IReadOnlyList<YamlEntry> Entries) : YamlNode(At)
{
    /// <summary>The first value under a key, null where there is none.</summary>
    public YamlNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key.Value == key)?.Value;
}

sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>
/// Builds the tree from YamlDotNet's parser events. Its own document model stops at the first duplicate key; here
/// duplicates stay in the tree, so that all findings are told at once. Anchors, aliases and tags are refused: a policy
/// is read by people, and an alias can make a small file enormous.
/// </summary>
sealed class YamlTree
{
    /// <summary>A policy is four levels deep; more is a mistake or an attack on the stack.</summary>
    const int MaxDepth = 16;

    readonly Parser _parser;
    readonly PolicyFindings _findings;

    YamlTree(Parser parser, PolicyFindings findings)
    {
        _parser = parser;
        _findings = findings;
    }

    /// <summary>The root node; null for an empty file, or where the text is no YAML (which is then a
    /// finding).</summary>
    public static YamlNode? Read(string text, PolicyFindings findings)
    {
        try
        {
            return new YamlTree(new Parser(new StringReader(text)), findings).ReadDocument();
        }
        catch (YamlException notYaml)
        {
            findings.Add(TextPosition.Of(notYaml.Start), $"not readable as YAML: {Sentence(notYaml)}");
            return null;
        }
    }

    YamlNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();

        if (_parser.Accept<StreamEnd>(out _))
            return null;

        _parser.Consume<DocumentStart>();
        var root = ReadNode(depth: 0);
        _parser.Consume<DocumentEnd>();

        if (_parser.Accept<DocumentStart>(out var second))
            _findings.Add(TextPosition.Of(second.Start), "a second YAML document begins here; a policy is one");

        return root;
    }

    YamlNode ReadNode(int depth)
    {
        if (depth > MaxDepth)
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, "nested too deeply");

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            _findings.Add(TextPosition.Of(alias.Start), $"alias '*{alias.Value}' is not allowed; write the value out");
            return new YamlScalar(TextPosition.Of(alias.Start), "", IsPlain: true);
        }

        var start = _parser.Accept<NodeEvent>(out var node)
            ? node
            : throw new YamlException(_parser.Current!.Start, _parser.Current.End, "a value was expected");

        RefuseDecoration(start);

        return start switch
        {
            MappingStart => ReadMapping(depth),
            SequenceStart => ReadSequence(depth),
            _ => ReadScalar(),
        };
    }

    void RefuseDecoration(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
            _findings.Add(TextPosition.Of(node.Start), $"anchor '&{node.Anchor.Value}' is not allowed");

        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
            _findings.Add(TextPosition.Of(node.Start), $"tag '{node.Tag.Value}' is not allowed");
    }

    YamlScalar ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        return new YamlScalar(TextPosition.Of(scalar.Start), scalar.Value, scalar.Style is ScalarStyle.Plain);
    }

    YamlSequence ReadSequence(int depth)
    {
        var at = TextPosition.Of(_parser.Consume<SequenceStart>().Start);
        var items = new List<YamlNode>();

        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));

        return new YamlSequence(at, items);
    }

    YamlMapping ReadMapping(int depth)
    {
        var at = TextPosition.Of(_parser.Consume<MappingStart>().Start);
        var entries = new List<YamlEntry>();

        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);

            if (key is YamlScalar name)
                entries.Add(new YamlEntry(name, value));
            else
                _findings.Add(key.At, "a key must be a word");
        }

        return new YamlMapping(at, entries);
    }

    static string Sentence(YamlException exception)
    {
        var text = exception.Message.TrimEnd('.');
        return text.Length is 0 ? "unknown fault" : char.ToLowerInvariant(text[0]) + text[1..];
    }
}
