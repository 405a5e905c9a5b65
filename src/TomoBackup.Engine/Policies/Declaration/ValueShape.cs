namespace TomoBackup.Policies.Declaration;

/// <summary>What a value of the policy file may look like. Reading, the JSON Schema, <c>policy show</c> and the
/// reference of the keys all follow these shapes. The family is closed.</summary>
abstract class ValueShape
{
    private protected ValueShape()
    {
    }
}

/// <summary>One value.</summary>
abstract class ScalarShape(string form) : ValueShape
{
    /// <summary>What a person should write, to stand after "must be": <c>a duration such as 15m</c>.</summary>
    public string Form { get; } = form;

    /// <summary>What an editor is told about it.</summary>
    public required ScalarSchema Schema { get; init; }

    /// <summary>True where a wrong value may be a misplaced secret; then it is never shown.</summary>
    public bool MayBeSecret { get; init; }

    /// <summary>What is wrong with a text; empty where nothing is.</summary>
    public abstract IReadOnlyList<string> FaultsOf(string path, string text);
}

/// <summary>Reads a value; false where the text is none.</summary>
delegate bool TryReadValue<T>(string text, out T? value);

/// <summary>One value of a type.</summary>
sealed class ScalarShape<T>(string form, TryReadValue<T> read) : ScalarShape(form)
{
    const int MostShown = 60;

    /// <summary>Whole sentences on a text that was not read, in place of "must be …, not …".</summary>
    public Func<string, IReadOnlyList<string>>? Explain { get; init; }

    /// <summary>The value that was probably meant; null where there is no guess.</summary>
    public Func<string, string?>? Guess { get; init; }

    /// <summary>The value; the type's default where the text is none.</summary>
    public T? Read(string text) => read(text, out var value) ? value : default;

    /// <inheritdoc/>
    public override IReadOnlyList<string> FaultsOf(string path, string text)
        => read(text, out _) ? []
            : Explain?.Invoke(text) is { Count: > 0 } sentences ? sentences
            : [$"'{path}' must be {Form}{(MayBeSecret ? "" : $", not '{Shown(text)}'")}{Meant(text)}"];

    string Meant(string text) => Guess?.Invoke(text) is { } near ? $"; did you mean '{near}'?" : "";

    static string Shown(string text)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length > MostShown ? line[..MostShown] + "…" : line;
    }
}

/// <summary>What JSON Schema says of a single value.</summary>
/// <param name="Type">Its type in JSON.</param>
sealed record ScalarSchema(string Type = "string")
{
    /// <summary>A regular expression that its text fits.</summary>
    public string? Pattern { get; init; }

    /// <summary>The least number.</summary>
    public int? Least { get; init; }

    /// <summary>The largest number.</summary>
    public int? Most { get; init; }

    /// <summary>The only values; empty for any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];
}

/// <summary>A mapping with fixed keys.</summary>
sealed class SectionShape(params PolicyKey[] keys) : ValueShape
{
    /// <summary>In the order of reference and help.</summary>
    public IReadOnlyList<PolicyKey> Keys { get; } = keys;

    /// <summary>How many of some keys must stand together.</summary>
    public IReadOnlyList<KeyChoice> Choices { get; init; } = [];

    /// <summary>What stands under any other key; null where there must be none.</summary>
    public ValueShape? Others { get; init; }

    /// <summary>True where what stands here by mistake may be a secret; then it is never shown.</summary>
    public bool MayBeSecret { get; init; }

    /// <summary>Keys of sections like this one that make no sense here; null for none.</summary>
    public RefusedKeys? Refused { get; init; }

    /// <summary>True where a key shows that a mapping is meant to be this section, and not one of names.</summary>
    public bool Knows(string key) => Names.Contains(key) || Refused?.Keys.Contains(key) is true;

    /// <summary>The names of the keys.</summary>
    public IEnumerable<string> Names => Keys.Select(key => key.Name);
}

/// <summary>Keys that a person may expect in a section, and that are refused there.</summary>
/// <param name="Keys">Their names.</param>
/// <param name="Why">What is to be written instead: lower case, no full stop.</param>
sealed record RefusedKeys(IReadOnlyList<string> Keys, string Why);

/// <summary>How many of some keys a section must have.</summary>
/// <param name="Rule">How many.</param>
/// <param name="Keys">Of these.</param>
sealed record KeyChoice(ChoiceRule Rule, params string[] Keys);

/// <summary>The rules of a <see cref="KeyChoice"/>.</summary>
enum ChoiceRule
{
    ExactlyOne,

    AtLeastOne,

    AllOrNone,
}

/// <summary>A mapping whose keys are names that the user chose.</summary>
/// <param name="noun">What a name stands for: <c>cluster</c>.</param>
/// <param name="item">What stands under each.</param>
sealed class NamedShape(string noun, ValueShape item) : ValueShape
{
    public string Noun { get; } = noun;

    public ValueShape Item { get; } = item;

    /// <summary>True where there must be one at least.</summary>
    public bool IsNeeded { get; init; }
}

/// <summary>A list, in which nothing stands twice.</summary>
/// <param name="item">What each item is.</param>
abstract class ListShape(ValueShape item) : ValueShape
{
    public ValueShape Item { get; } = item;

    /// <summary>The least number of items, and why, for messages.</summary>
    public (int Count, string? Why) Least { get; init; } = (1, null);
}

/// <summary>A list of single values.</summary>
sealed class ListShape<T>(ScalarShape<T> item) : ListShape(item)
{
    public ScalarShape<T> Scalar { get; } = item;
}

/// <summary>A list of sections.</summary>
sealed class SectionListShape(SectionShape item) : ListShape(item);

/// <summary>One value for short, or a mapping: a section where one of its keys stands in it, else named.</summary>
sealed class EitherShape(ScalarShape scalar, SectionShape section, NamedShape? named = null) : ValueShape
{
    public ScalarShape Scalar { get; } = scalar;

    public SectionShape Section { get; } = section;

    public NamedShape? Named { get; } = named;

    /// <summary>The shape that a node is meant to have.</summary>
    public ValueShape For(YamlNode node)
        => node is not YamlMapping mapping ? Scalar
            : Named is null || mapping.Entries.Any(entry => Section.Knows(entry.Key.Value)) ? Section
            : Named;
}
