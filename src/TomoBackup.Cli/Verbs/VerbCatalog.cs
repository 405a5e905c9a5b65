using System.CommandLine;

namespace TomoBackup.Cli.Verbs;

/// <summary>All verbs. A verb is one file here and one line in this list.</summary>
static class VerbCatalog
{
    static readonly (string Name, Func<VerbCommand> Create)[] Verbs =
    [
        ("init", InitVerb.Create),
        ("setup", SetupVerb.Create),
        ("check", CheckVerb.Create),
        ("policy", () => Group("policy", "Look at the policy file", PolicyCheckVerb.Create())),
        ("key", () => Group(
            "key", "Look after keys", KeyShowVerb.Create(), KeyGenerateVerb.Create(), KeyCheckVerb.Create())),
        ("completion", CompletionVerb.Create),
        ("demo", DemoVerb.Create),
        ("backup", BackupVerb.Create),
        ("restore", RestoreVerb.Create),
        ("wal", Wal),
        ("list", ListVerb.Create),
        ("show", ShowVerb.Create),
        ("verify", VerifyVerb.Create),
    ];

    /// <summary>The tree with all verbs.</summary>
    public static RootCommand Root() => RootWith(Verbs);

    /// <summary>The tree that this command line needs: where it begins with a verb, that verb alone. <c>wal push</c>
    /// runs once a segment and should not build the options of a restore.</summary>
    public static RootCommand RootFor(IReadOnlyList<string> arguments)
        => arguments is [var first, ..] && Array.Exists(Verbs, verb => verb.Name == first)
            ? RootWith(Array.FindAll(Verbs, verb => verb.Name == first))
            : Root();

    static RootCommand RootWith((string Name, Func<VerbCommand> Create)[] verbs)
    {
        var root = new RootCommand("Back up PostgreSQL, recover it to any moment, and prove that both work.");

        // Help, version and directives are ours: see HelpText, CommandLine and Completions.
        root.Options.Clear();
        root.Directives.Clear();

        foreach (var option in GlobalOptions.All)
            root.Options.Add(option);

        foreach (var (_, create) in verbs)
            root.Subcommands.Add(create());

        return root;
    }

    static VerbCommand Group(string name, string description, params VerbCommand[] verbs)
        => new VerbCommand(name, description).With(verbs);

    // The group's rule speaks where its verb is mistyped, for 'wal gte' may be a restore_command.
    static VerbCommand Wal()
        => new VerbCommand("wal", "Move WAL in and out of the archive") { ExitRule = ExitRule.WalGet }
            .With([WalPushVerb.Create(), WalGetVerb.Create()]);
}
