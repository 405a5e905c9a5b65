using System.CommandLine;
using System.CommandLine.Parsing;
using TomoBackup.Cli.Verbs;
using TomoBackup.Policies;

namespace TomoBackup.Cli;

/// <summary>Says in one sentence what is wrong with a command line, instead of the parser's words and a page of
/// help.</summary>
static class UsageError
{
    /// <summary>The first thing that is wrong; null where nothing is.</summary>
    public static TomoBackupException? In(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;

        if (MisplacedOption(parsed) is { } option)
            return Make(command, $"{Quoted(option)} is no option of {NameOf(command)}", option, OptionsOf(command));

        if (parsed.UnmatchedTokens is [var word, ..])
            return command.Subcommands.Count > 0
                ? Make(command, $"{NameOf(command)} has no verb {Quoted(word)}", word, VerbsOf(command))
                : Make(command, $"{Quoted(word)} is one word too many for {NameOf(command)}");

        if (command is not VerbCommand { Run: not null })
            return Make(command, $"{NameOf(command)} needs a verb: {string.Join(", ", VerbsOf(command))}");

        return Sentence(parsed) is { } sentence ? Make(command, sentence) : null;
    }

    // A mistyped option becomes the value of whatever still takes one (System.CommandLine 3.0). A WAL file, a backup
    // or a label never begins with '-'.
    static string? MisplacedOption(ParseResult parsed)
        => parsed.UnmatchedTokens.FirstOrDefault(IsOption)
            ?? ValuesOf(parsed.CommandResult).Concat(ValuesOf(parsed.RootCommandResult)).FirstOrDefault(IsOption);

    static IEnumerable<string> ValuesOf(CommandResult result)
        => result.Children
            .Where(child => child is not CommandResult)
            .SelectMany(child => child.Tokens)
            .Select(token => token.Value);

    static string? Sentence(ParseResult parsed)
    {
        foreach (var error in parsed.Errors)
            switch (error.SymbolResult)
            {
                case OptionResult { Tokens.Count: 0, Option: { Arity.MinimumNumberOfValues: > 0 } option }:
                    return $"{option.Name} needs a value: {option.Name} {option.HelpName}";

                case OptionResult { IdentifierTokenCount: > 1, Option: { Arity.MaximumNumberOfValues: 1 } option }:
                    return $"{option.Name} is given more than once";

                case ArgumentResult { Tokens.Count: 0, Argument: { } argument }:
                    return $"{NameOf(parsed.CommandResult.Command)} needs <{argument.Name}>";
            }

        return parsed.Errors is [var first, ..] ? Lowered(first.Message) : GlobalOptions.Contradiction(parsed);
    }

    static TomoBackupException Make(Command command, string message, string word, IEnumerable<string> candidates)
        => Make(
            command,
            NearestWord.Find(word, candidates) is { } near ? $"{message}; did you mean '{near}'?" : message);

    static TomoBackupException Make(Command command, string message)
        => TomoBackupException.Create(ErrorCode.Usage, message, hint: $"Run '{PathOf(command)} --help'.");

    static bool IsOption(string word) => word.StartsWith('-');

    static IEnumerable<string> OptionsOf(Command command)
        => command.Options.Concat(GlobalOptions.All).Select(option => option.Name);

    static IEnumerable<string> VerbsOf(Command command) => command.Subcommands
        .Where(verb => !verb.Hidden)
        .Select(verb => verb.Name);

    static string NameOf(Command command) => command is RootCommand ? "tomo-backup" : $"'{HelpText.VerbOf(command)}'";

    static string PathOf(Command command) => $"tomo-backup {HelpText.VerbOf(command)}".TrimEnd();

    static string Quoted(string word)
        => $"'{string.Concat(word.Select(letter => char.IsControl(letter) ? '?' : letter))}'";

    static string Lowered(string message)
        => message.Length is 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
}
