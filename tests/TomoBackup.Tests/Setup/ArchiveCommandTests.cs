using TomoBackup.Setup;

namespace TomoBackup.Tests.Setup;

public sealed class ArchiveCommandTests
{
    [Theory]
    [InlineData("/usr/bin/tomo-backup", "/etc/p.yaml", null, "/usr/bin/tomo-backup --policy /etc/p.yaml wal push %p")]
    [InlineData("/b", "/p", "main", "/b --policy /p --cluster main wal push %p")]
    [InlineData("/my tools/b", "/it's", null, @"'/my tools/b' --policy '/it'\''s' wal push %p")]
    [InlineData("/b", "/100%/p", null, "/b --policy '/100%%/p' wal push %p")]
    public void Words_are_quoted_for_the_shell_and_percent_signs_doubled(
        string program, string policy, string? cluster, string expected)
        => Assert.Equal(expected, ArchiveCommand.For(program, policy, cluster));

    [Theory]
    [InlineData("/bin/true", "/bin/true")]
    [InlineData("  '/my tools/b' wal push %p", "/my tools/b")]
    [InlineData("\"/b\" %p", "/b")]
    [InlineData("'/100%%/b' %p", "/100%/b")]
    [InlineData("test ! -f x && cp %p x", "test")]
    [InlineData("$HOME/b %p", null)]
    [InlineData("'open", null)]
    [InlineData("", null)]
    public void The_program_is_seen_where_no_shell_is_needed(string command, string? expected)
        => Assert.Equal(expected, ArchiveCommand.ProgramOf(command));
}
