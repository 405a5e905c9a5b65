using Microsoft.Extensions.Time.Testing;
using TomoBackup.Policies;
using TomoBackup.Testing;
using TomoBackup.Tests.Policies;
using TomoBackup.Tests.Policies.Review;

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

    [Fact]
    public async Task Policy_render_prints_writes_and_compares()
    {
        using var folder = new TestFolder();
        var file = $"{folder.FullPath}/policy.html";
        File.WriteAllText($"{folder.FullPath}/policy.yaml", PolicyText.Least);

        var printed = RealShell(folder.FullPath);
        Assert.Equal(0, await printed.RunAsync("policy", "render", "--format", "html"));
        Assert.StartsWith("<!DOCTYPE html>", printed.Spoken, StringComparison.Ordinal);

        var written = RealShell(folder.FullPath);
        Assert.Equal(0, await written.RunAsync("policy", "render", "--out", file));
        Assert.Equal($"'{file}' is written\n", written.Spoken);
        Assert.Equal(printed.Spoken, File.ReadAllText(file));

        var same = RealShell(folder.FullPath);
        Assert.Equal(0, await same.RunAsync("policy", "render", "--check", file));
        Assert.Equal($"'{file}' is what the policy says\n", same.Spoken);

        File.AppendAllText($"{folder.FullPath}/policy.yaml", "\nretention: { wal: 7d }");
        var stale = RealShell(folder.FullPath);
        Assert.Equal((int)ErrorCode.OutOfDate, await stale.RunAsync("policy", "render", "--check", file));
        Assert.Equal(
            $"error: '{file}' is out of date: it differs first in 'Restore: WAL to a chosen moment'\n"
            + $"hint: Write it anew with 'tomo-backup policy render --out {file}', and look at what changed.\n",
            stale.Complained);
    }

    [Fact]
    public async Task Policy_render_says_where_there_is_no_kept_copy_to_compare()
    {
        var shell = ShellWith(PolicyText.Least);

        Assert.Equal((int)ErrorCode.NotFound, await shell.RunAsync("policy", "render", "--check", "p.md"));
        Assert.StartsWith("error: no rendered policy '/home/me/p.md'\n", shell.Complained, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_render_answers_with_one_object_for_scripts()
    {
        var shell = ShellWith(PolicyText.Least);

        Assert.Equal(0, await shell.RunAsync("policy", "render", "--json"));
        Assert.Equal("document: text\npolicy: text\n", JsonShape.Of(shell.Spoken));
    }

    [Theory]
    [InlineData("'pdf' is not what --format takes: markdown or html", "--format", "pdf")]
    [InlineData("--out and --check contradict each other", "--out", "a", "--check", "b")]
    public async Task Policy_render_refuses_what_makes_no_sense(string expected, params string[] options)
    {
        var shell = ShellWith(PolicyText.Least);

        Assert.Equal(64, await shell.RunAsync(["policy", "render", .. options]));
        Assert.Contains(expected, shell.Complained, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "", "")]
    [InlineData(2, "", "", "--strict")]
    [InlineData(2, ReviewedPolicy.Webhook, "")]
    [InlineData(78, "rpo: 1h", "rpo: 1s")]
    [InlineData(78, "rpo: 1h", "rpo: soon")]
    public async Task Policy_check_ends_by_the_worst_that_it_found(
        int expected, string before, string after, params string[] options)
    {
        var shell = new Shell
        {
            Environment = { ["HOME"] = "/home/me" },
            Files =
            {
                [PolicyFile.SystemPath] = ReviewedPolicy.With(before.Length > 0 ? [before, after] : []),
            },
            Time = new FakeTimeProvider(ReviewedPolicy.Now),
        };

        Assert.Equal(expected, await shell.RunAsync(["policy", "check", .. options]));
    }

    static Shell RealShell(string folder) => new()
    {
        Environment = { ["HOME"] = folder, [PolicyFile.Variable] = $"{folder}/policy.yaml" },
        Disk = TomoBackup.Storage.PhysicalFileSystem.Instance,
    };

    static Shell ShellWith(string policy) => new()
    {
        Environment = { ["HOME"] = "/home/me" },
        Files = { [PolicyFile.SystemPath] = policy },
    };
}
