using System.CommandLine;

namespace TomoBackup.Cli.Verbs;

/// <summary>A verb, or a group of verbs (<c>wal</c>, <c>key</c>), with all that its help says.</summary>
sealed class VerbCommand(string name, string description) : Command(name, description)
{
    /// <summary>Where the overview lists it.</summary>
    public VerbSection Section { get; init; }

    /// <summary>What more there is to know, for <c>--help</c>; lines of at most 80 columns.</summary>
    public string Details { get; init; } = "";

    /// <summary>Command lines that work, each with what it does.</summary>
    public IReadOnlyList<Example> Examples { get; init; } = [];

    /// <summary>How it may end.</summary>
    public IReadOnlyList<ExitMeaning> Exits { get; init; } = [];

    /// <summary>What PostgreSQL makes of its exit code, where PostgreSQL calls it.</summary>
    public ExitRule ExitRule { get; init; }

    /// <summary>Does it and answers the exit code; null for a group.</summary>
    public VerbAction? Run { get; init; }

    /// <summary>Adds options, for a verb that has too many to name them one by one.</summary>
    public VerbCommand With(IEnumerable<Option> options)
    {
        foreach (var option in options)
            Options.Add(option);

        return this;
    }

    /// <summary>Adds the verbs of a group.</summary>
    public VerbCommand With(IReadOnlyList<VerbCommand> verbs)
    {
        foreach (var verb in verbs)
            Subcommands.Add(verb);

        return this;
    }
}

/// <summary>What a verb does with its parsed command line.</summary>
delegate Task<int> VerbAction(ParseResult parsed, VerbContext context, CancellationToken cancellationToken);

/// <summary>The parts of the overview, in its order.</summary>
enum VerbSection
{
    /// <summary>Before the first backup.</summary>
    SetUp,

    /// <summary>Backups and WAL in.</summary>
    Protect,

    /// <summary>What is there.</summary>
    Look,

    /// <summary>Backups and WAL out.</summary>
    Recover,

    /// <summary>What stays, and what goes.</summary>
    Keep,
}

/// <summary>A command line without the program's name, and what it does.</summary>
readonly record struct Example(string Arguments, string Purpose);
