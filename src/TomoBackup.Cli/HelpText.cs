using System.CommandLine;
using System.Text;
using TomoBackup.Cli.Verbs;

namespace TomoBackup.Cli;

/// <summary>Writes help: the overview, and a page for each verb with examples and exit codes.</summary>
static class HelpText
{
    const string Program = "tomo-backup";

    /// <summary>The page of a verb, or the overview for the root or a group.</summary>
    public static string Of(Command command)
        => command is VerbCommand { Run: not null } verb ? Page(verb) : Overview(command);

    /// <summary>The words that call a command: <c>wal push</c>; empty for the root.</summary>
    public static string VerbOf(Command command)
        => command is RootCommand ? ""
            : command.Parents.OfType<Command>().FirstOrDefault() is { } parent
                ? $"{VerbOf(parent)} {command.Name}".TrimStart()
                : command.Name;

    static string Overview(Command command)
    {
        var text = new StringBuilder();
        var verbs = Leaves(command).ToList();

        text.Append($"{command.Description}\n\nusage: {Program} {VerbOf(command)}".TrimEnd());
        text.Append(" VERB [OPTION]...\n");

        foreach (var section in verbs.GroupBy(verb => verb.Section).OrderBy(section => section.Key))
            Rows(text, TitleOf(section.Key), section.Select(verb => (VerbOf(verb), verb.Description ?? "")));

        Rows(text, "options of every verb", GlobalOptions.All.Select(Row));
        text.Append($"\nRun '{Program} VERB --help' for a verb's options, examples and exit codes.\n");
        return text.ToString();
    }

    static string Page(VerbCommand verb)
    {
        var text = new StringBuilder($"{verb.Description}\n\nusage: {Usage(verb)}\n");

        if (verb.Details.Length > 0)
            text.Append($"\n{verb.Details}\n");

        Rows(text, "arguments", verb.Arguments.Select(word => ($"<{word.Name}>", word.Description ?? "")));
        Rows(text, "options", verb.Options.Select(Row));
        Rows(text, "options of every verb", GlobalOptions.All.Select(Row));
        text.Append("\nexamples\n");

        foreach (var (arguments, purpose) in verb.Examples)
            text.Append($"  # {purpose}\n  {Program} {arguments}\n");

        Rows(text, "exit codes", verb.Exits.Select(exit => ($"{exit.Code,3}", exit.Meaning)));
        return text.ToString();
    }

    static string Usage(VerbCommand verb)
    {
        var words = new List<string> { Program, VerbOf(verb) };
        words.AddRange(verb.Arguments.Select(word => $"<{word.Name}>"));

        if (verb.Options.Count > 0)
            words.Add("[OPTION]...");

        return string.Join(' ', words);
    }

    static IEnumerable<VerbCommand> Leaves(Command command)
        => command.Subcommands.OfType<VerbCommand>()
            .Where(verb => !verb.Hidden)
            .SelectMany(verb => verb.Run is null ? Leaves(verb) : [verb]);

    static (string Name, string Description) Row(Option option)
    {
        var names = string.Join(", ", option.Aliases.Prepend(option.Name));
        var again = option.Arity.MaximumNumberOfValues > 1 ? " (may be repeated)" : "";
        return (option.HelpName is null ? names : $"{names} {option.HelpName}", option.Description + again);
    }

    static void Rows(StringBuilder text, string title, IEnumerable<(string Name, string Description)> rows)
    {
        var all = rows.ToList();

        if (all.Count is 0)
            return;

        var width = all.Max(row => row.Name.Length);
        text.Append($"\n{title}\n");

        foreach (var (name, description) in all)
            text.Append($"  {name.PadRight(width)}  {description}\n");
    }

    static string TitleOf(VerbSection section) => section switch
    {
        VerbSection.SetUp => "set up",
        VerbSection.Protect => "protect",
        VerbSection.Look => "look",
        VerbSection.Recover => "recover",
        _ => "keep",
    };
}
