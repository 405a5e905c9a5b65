using System.CommandLine;
using TomoBackup.Cli.Output;

namespace TomoBackup.Cli;

/// <summary>The options that every verb takes.</summary>
/// <param name="Policy">Path of the policy file, as written.</param>
/// <param name="Cluster">Name of the cluster.</param>
sealed record GlobalOptions(string? Policy, string? Cluster)
{
    static readonly Option<string?> PolicyOption = Symbols.Text("--policy", "FILE", "the policy file to use");
    static readonly Option<string?> ClusterOption =
        Symbols.Text("--cluster", "NAME", "the cluster, where the policy names several");
    static readonly Option<bool> JsonOption = Symbols.Flag("--json", "answer with one JSON object");
    static readonly Option<bool> QuietOption = Symbols.Flag("--quiet", "no notes and no progress");
    static readonly Option<bool> VerboseOption = Symbols.Flag("--verbose", "details too, and stacks of errors");
    static readonly Option<bool> NoColorOption = Symbols.Flag("--no-color", "no colours (also NO_COLOR, TERM=dumb)");
    static readonly Option<bool> HelpOption = Symbols.Flag("--help", "this help", "-h");
    static readonly Option<bool> VersionOption = Symbols.Flag("--version", "the version of tomo-backup");

    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        PolicyOption, ClusterOption, JsonOption, QuietOption, VerboseOption, NoColorOption, HelpOption, VersionOption,
    ];

    /// <summary>Reads those with a value, from a command line without errors.</summary>
    public static GlobalOptions Of(ParseResult parsed)
        => new(parsed.GetValue(PolicyOption), parsed.GetValue(ClusterOption));

    /// <summary>How to speak; also from a command line with errors, since the error must be told.</summary>
    public static ReportMode ModeOf(ParseResult parsed, Func<string, string?> environment)
        => new(
            parsed.GetValue(JsonOption),
            parsed.GetValue(QuietOption),
            parsed.GetValue(VerboseOption),
            !parsed.GetValue(NoColorOption) && Paint.IsAllowed(environment));

    /// <summary>Whether help was asked for, wherever on the line.</summary>
    public static bool WantsHelp(ParseResult parsed) => parsed.GetValue(HelpOption);

    /// <summary>Whether the version was asked for.</summary>
    public static bool WantsVersion(ParseResult parsed) => parsed.GetValue(VersionOption);

    /// <summary>Options of which only one makes sense.</summary>
    public static string? Contradiction(ParseResult parsed)
        => parsed.GetValue(QuietOption) && parsed.GetValue(VerboseOption)
            ? "--quiet and --verbose contradict each other"
            : null;
}
