using TomoBackup.Cli;
using TomoBackup.Cli.Verbs;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Cli;

public sealed class HelpTests
{
    const int MaxColumns = 120;

    public static TheoryData<string> Verbs
        => [.. Leaves(VerbCatalog.Root()).Select(HelpText.VerbOf).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Help_of_each_verb_is_as_approved(string verb)
    {
        var shell = new Shell();

        Assert.Equal(0, await shell.RunAsync([.. verb.Split(' '), "--help"]));
        Approval.Verify(shell.Spoken, $"help-{verb.Replace(' ', '-')}");
        Assert.All(shell.Spoken.Split('\n'), line => Assert.True(line.Length <= MaxColumns, line));
    }

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help", "-h")]
    [InlineData("help-wal", "wal", "--help")]
    [InlineData("help-key", "key", "-h")]
    public async Task Overviews_are_as_approved(string approved, params string[] arguments)
    {
        var shell = new Shell();

        Assert.Equal(0, await shell.RunAsync(arguments));
        Approval.Verify(shell.Spoken, approved);
    }

    [Fact]
    public void Every_verb_has_an_example_and_the_exit_codes_that_it_cannot_avoid()
        => Assert.All(Leaves(VerbCatalog.Root()), verb =>
        {
            Assert.NotEmpty(verb.Examples);
            Assert.Equal(verb.Exits.Select(exit => exit.Code), verb.Exits.Select(exit => exit.Code).Distinct().Order());
            Assert.Contains(0, verb.Exits.Select(exit => exit.Code));
            Assert.Contains(verb.ExitRule.OfFailure(ErrorCode.Usage), verb.Exits.Select(exit => exit.Code));
            Assert.Contains(verb.ExitRule.OfFailure(ErrorCode.Defect), verb.Exits.Select(exit => exit.Code));
        });

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_example_is_a_command_line_that_is_understood(string verb)
    {
        var command = Leaves(VerbCatalog.Root()).Single(leaf => HelpText.VerbOf(leaf) == verb);

        Assert.All(command.Examples, example =>
        {
            var parsed = VerbCatalog.Root().Parse(WordsOf(example.Arguments));
            Assert.Null(UsageError.In(parsed)?.Message);
            Assert.Equal(verb, HelpText.VerbOf(parsed.CommandResult.Command));
        });
    }

    [Fact]
    public async Task Help_wins_over_whatever_else_is_wrong()
    {
        var shell = new Shell();

        Assert.Equal(0, await shell.RunAsync("restore", "--to-time", "never", "--banana", "--help"));
        Assert.StartsWith("Restore a cluster", shell.Spoken, StringComparison.Ordinal);
        Assert.Empty(shell.Complained);
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        var shell = new Shell();

        Assert.Equal(0, await shell.RunAsync("--version"));
        Assert.Equal("tomo-backup 0.1.0\n", shell.Spoken);
    }

    static IEnumerable<VerbCommand> Leaves(System.CommandLine.Command command)
        => command.Subcommands.OfType<VerbCommand>()
            .Where(verb => !verb.Hidden)
            .SelectMany(verb => verb.Run is null ? Leaves(verb) : [verb]);

    // As a shell would: blanks part words outside of single quotes, and a redirection is not ours.
    static string[] WordsOf(string line)
        => [.. line.Split(" > ")[0].Split('\'').SelectMany((part, at) =>
            at % 2 is 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
