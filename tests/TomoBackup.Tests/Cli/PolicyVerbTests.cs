using TomoBackup.Policies;
using TomoBackup.Testing;
using TomoBackup.Tests.Policies;

namespace TomoBackup.Tests.Cli;

public sealed class PolicyVerbTests
{
    const int TerminalColumns = 80;

    [Theory]
    [InlineData("whole")]
    [InlineData("least")]
    public async Task Policy_show_tells_each_value_and_what_set_it(string name)
    {
        var shell = ShellWith(name is "whole" ? PolicyText.Whole : PolicyText.Least);

        Assert.Equal(0, await shell.RunAsync("policy", "show"));
        Approval.Verify(shell.Spoken, $"policy-show-{name}");
        Assert.All(shell.Spoken.Split('\n'), line => Assert.True(line.Length <= TerminalColumns, line));
    }

    [Fact]
    public async Task Policy_show_answers_with_one_object_for_scripts()
    {
        var shell = ShellWith(PolicyText.Whole);

        Assert.Equal(0, await shell.RunAsync("policy", "show", "--json"));
        Approval.Verify(shell.Spoken.Replace("},{", "},\n{", StringComparison.Ordinal), "policy-show-json");
    }

    [Fact]
    public async Task Policy_show_wraps_what_is_wide_and_draws_no_control_character()
    {
        var shell = ShellWith($$"""
            {{PolicyText.Least}}
              a-very-long-name-of-a-repository-that-nobody-would-choose-today:
                store: "file:///{{new string('x', 90)}}"
            tests: { restore: { every: 7d, queries: [{ database: a, sql: "SELECT\n 1\x1b[31m", expect: "1" }] } }
            """);

        Assert.Equal(0, await shell.RunAsync("policy", "show"));
        Assert.All(shell.Spoken.Split('\n'), line => Assert.True(line.Length <= TerminalColumns, line));
        Assert.DoesNotContain('\x1b', shell.Spoken);
    }

    [Fact]
    public async Task Policy_schema_prints_the_schema()
    {
        var shell = new Shell();

        Assert.Equal(0, await shell.RunAsync("policy", "schema"));
        Assert.Equal(PolicySchema.Text(), shell.Spoken);
    }

    static Shell ShellWith(string policy) => new()
    {
        Environment = { ["HOME"] = "/home/me" },
        Files = { [PolicyFile.SystemPath] = policy },
    };
}
