using System.CommandLine;
using System.CommandLine.Parsing;

namespace TomoBackup.Cli.Verbs;

/// <summary>Pairs KEY=VALUE on the command line, each key once.</summary>
static class Annotations
{
    /// <summary>Refuses what is no pair, and a key that comes twice.</summary>
    public static void Check(CommandResult result, Option<string[]> option)
    {
        var keys = new HashSet<string>();

        foreach (var token in result.GetResult(option)?.Tokens ?? [])
            if (token.Value.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var end))
                result.AddError($"'{token.Value}' is not what {option.Name} takes: {option.HelpName}");
            else if (!keys.Add(token.Value[..end]))
                result.AddError($"{option.Name} names '{token.Value[..end]}' more than once");
    }

    /// <summary>The pairs, in their order; the part behind the first '=' is the value.</summary>
    public static IReadOnlyDictionary<string, string> Read(string[] pairs)
        => new OrderedDictionary<string, string>(pairs.Select(pair => pair.Split('=', 2))
            .Select(parts => KeyValuePair.Create(parts[0], parts[1])));
}
