using System.Text;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Cli;

public sealed class UsageErrorTests
{
    [Fact]
    public async Task Wrong_command_lines_are_answered_in_one_sentence_as_approved()
    {
        string[] lines =
        [
            "", "bakup", "banana", "backup --ful", "backup --label --ful", "backup --label=--ful", "backup extra",
            "backup --policy", "backup --label a --label b", "backup --annotate x",
            "backup --annotate a=1 --annotate a=2",
            "wal", "wal psh a", "wal push", "wal push --hep", "wal push -", "wal push a b", "show", "list --json=yes",
            "restore", "restore --latest", "restore --latest --to-time 2026-01-01 --into /x",
            "restore --latest --into /a --in-place", "restore --to-time 25:00 --into /x",
            "restore --to-lsn 16-B3 --into /x", "restore --to-lsn 16/B374D8480 --into /x",
            "restore --latest --exclusive --into /x", "restore --latest --timeline 0x2 --into /x",
            "restore --latest --map-tablespace /a --into /x", "completion tcsh", "list --quiet --verbose", "@file",
        ];
        var text = new StringBuilder();

        foreach (var line in lines)
        {
            var shell = new Shell();
            var exit = await shell.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            Assert.Empty(shell.Spoken);
            text.Append($"$ tomo-backup {line}\n{shell.Complained}=> {exit}\n\n");
        }

        Approval.Verify(text.ToString(), "usage-errors");
    }

    [Theory]
    [InlineData("wal get")]
    [InlineData("wal get 000000010000000000000001")]
    [InlineData("wal get a b c")]
    [InlineData("wal get --hep b")]
    [InlineData("wal gte a b")]
    [InlineData("wla get a b")]
    [InlineData("--polcy x wal get a b")]
    [InlineData("--policy wal get a b")]
    [InlineData("wal get a b --policy")]
    public async Task A_mistyped_restore_command_stops_recovery_and_never_ends_it(string line)
        => Assert.Equal(255, await new Shell().RunAsync(line.Split(' ')));

    [Fact]
    public async Task Control_characters_of_an_argument_do_not_reach_the_terminal()
    {
        var shell = new Shell();

        await shell.RunAsync("\e]0;owned\a");

        Assert.DoesNotContain('\e', shell.Complained);
        Assert.Contains("'?]0;owned?'", shell.Complained, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_an_error_is_one_object_on_stderr()
    {
        var shell = new Shell();

        Assert.Equal(64, await shell.RunAsync("show", "--json"));
        Assert.Equal(
            """{"error":{"code":"usage","exit":64,"message":"'show' needs <ID>","""
            + "\"hint\":\"Run 'tomo-backup show --help'.\"}}\n",
            shell.Complained);
        Assert.Empty(shell.Spoken);
    }
}
