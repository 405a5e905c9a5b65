using System.CommandLine;
using System.CommandLine.Parsing;

namespace TomoBackup.Cli;

/// <summary>Reads a value from one word, or leaves it to <see cref="Symbols"/> to refuse it.</summary>
delegate bool TryRead<T>(string text, out T value);

/// <summary>Makes options and arguments of the few kinds that we have, so that all behave alike.</summary>
static class Symbols
{
    /// <summary>An option that is there or not.</summary>
    public static Option<bool> Flag(string name, string description, params string[] aliases)
        => new(name, aliases) { Description = description, Arity = ArgumentArity.Zero, Recursive = IsGlobal(name) };

    /// <summary>An option with one word.</summary>
    public static Option<string?> Text(string name, string valueName, string description)
        => new(name) { Description = description, HelpName = valueName, Recursive = IsGlobal(name) };

    /// <summary>An option that may be given again and again, with one word each.</summary>
    public static Option<string[]> Texts(string name, string valueName, string description)
        => new(name)
        {
            Description = description,
            HelpName = valueName,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };

    /// <summary>An option with a word that must be read; null where it is not given. The form says what a person
    /// should write instead: "a number from 1 on".</summary>
    public static Option<T?> Value<T>(string name, string valueName, string description, string form, TryRead<T> read)
        where T : struct
        => new(name)
        {
            Description = description,
            HelpName = valueName,
            CustomParser = result => Read(result, name, form, read),
        };

    /// <summary>A positional word that must be there.</summary>
    public static Argument<string> Word(string name, string description)
        => new(name) { Description = description, Arity = ArgumentArity.ExactlyOne };

    /// <summary>Refuses a command line with both flags.</summary>
    public static Action<CommandResult> AtMostOne(Option<bool> one, Option<bool> other)
        => result =>
        {
            if (result.GetValue(one) && result.GetValue(other))
                result.AddError($"{one.Name} and {other.Name} exclude each other");
        };

    static T? Read<T>(ArgumentResult result, string name, string form, TryRead<T> read)
        where T : struct
    {
        var text = result.Tokens[0].Value;

        if (read(text, out var value))
            return value;

        result.AddError($"'{text}' is not what {name} takes: {form}");
        return null;
    }

    static bool IsGlobal(string name)
        => name is "--policy" or "--cluster" or "--json" or "--quiet" or "--verbose" or "--no-color" or "--help"
            or "--version";
}
