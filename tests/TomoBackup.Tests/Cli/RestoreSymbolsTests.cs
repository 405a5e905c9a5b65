using System.CommandLine;
using TomoBackup.Cli.Verbs;
using TomoBackup.Restores;

namespace TomoBackup.Tests.Cli;

public sealed class RestoreSymbolsTests
{
    [Fact]
    public void Reads_a_target_in_time_as_UTC()
    {
        var options = Read("--to-time", "2026-11-22 14:03", "--exclusive", "--timeline", "3", "--in-place", "--start");

        var target = Assert.IsType<RestoreTarget.Time>(options.Target);
        Assert.Equal("2026-11-22 14:03:00 UTC", target.Moment.ToString());
        Assert.True(options.Exclusive);
        Assert.Equal(3u, options.Timeline);
        Assert.Null(options.Into);
        Assert.True(options.Start);
        Assert.False(options.PlanOnly);
    }

    [Theory]
    [InlineData("--latest", typeof(RestoreTarget.Latest))]
    [InlineData("--immediate", typeof(RestoreTarget.Immediate))]
    [InlineData("--to-lsn 16/B374D848", typeof(RestoreTarget.Position))]
    [InlineData("--to-name before", typeof(RestoreTarget.Name))]
    [InlineData("--backup 2026", typeof(RestoreTarget.Immediate))]
    public void Reads_each_kind_of_target(string arguments, Type expected)
        => Assert.IsType(expected, Read([.. arguments.Split(' '), "--into", "/x"]).Target);

    [Fact]
    public void Reads_everything_else()
    {
        var options = Read(
            "--backup", "b", "--latest", "--into", "/x", "--plan", "--pause", "--map-tablespace", "/a=/b",
            "--map-tablespace", "/c=/d=e", "--identity", "k", "--from", "file:///s");

        Assert.Equal(("b", "/x", "k", "file:///s"), (options.Backup, options.Into, options.Identity, options.From));
        Assert.True(options is { PlanOnly: true, Pause: true, Start: false, Timeline: null });
        Assert.Equal(
            new Dictionary<string, string> { ["/a"] = "/b", ["/c"] = "/d=e" },
            options.Tablespaces);
    }

    static RestoreOptions Read(params string[] arguments)
    {
        var symbols = new RestoreSymbols();
        var command = new VerbCommand("restore", "") { Validators = { symbols.Check } }.With(symbols.All);
        var parsed = new RootCommand { command }.Parse(["restore", .. arguments]);

        Assert.Empty(parsed.Errors);
        return symbols.Read(parsed);
    }
}
