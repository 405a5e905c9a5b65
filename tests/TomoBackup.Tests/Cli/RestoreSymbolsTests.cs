using System.CommandLine;
using TomoBackup.Cli.Verbs;
using TomoBackup.Restores;

namespace TomoBackup.Tests.Cli;

public sealed class RestoreSymbolsTests
{
    readonly RestoreSymbols _symbols = new();

    [Fact]
    public void Reads_a_target_in_time_as_UTC()
    {
        var options = Read("--to-time", "2026-11-22 14:03", "--exclusive", "--timeline", "3", "--in-place", "--start");

        Assert.Equal(
            new RestoreTarget.Time(new DateTimeOffset(2026, 11, 22, 14, 3, 0, TimeSpan.Zero), Exclusive: true),
            options.Target);
        Assert.Equal(3u, options.Timeline);
        Assert.True(options.InPlace);
        Assert.True(options.Start);
        Assert.Equal("/given", options.Directory);
    }

    [Theory]
    [InlineData("--latest", typeof(RestoreTarget.Latest))]
    [InlineData("--immediate", typeof(RestoreTarget.Immediate))]
    [InlineData("--to-lsn 16/B374D848", typeof(RestoreTarget.Position))]
    [InlineData("--backup 2026", typeof(RestoreTarget.Immediate))]
    public void Reads_each_kind_of_target(string arguments, Type expected)
        => Assert.IsType(expected, Read([.. arguments.Split(' '), "--into", "/x"]).Target);

    [Fact]
    public void Reads_everything_else()
    {
        var parsed = Parse(
            "--backup", "b", "--latest", "--into", "/x", "--plan", "--pause", "--map-tablespace", "/a=/b",
            "--map-tablespace", "/c=/d=e", "--identity", "k", "--from", "file:///s", "--set", "port=5433");
        var options = _symbols.Read(parsed, "/given");

        Assert.Equal(("b", "/x"), (options.Backup, _symbols.Into(parsed)));
        Assert.Equal(["/at/k"], _symbols.Keys(parsed, path => $"/at/{path}").IdentityFiles);
        Assert.True(_symbols.IsPlanOnly(parsed));
        Assert.True(options is { Pause: true, Start: false, Timeline: null, InPlace: false });
        Assert.Equal(
            new Dictionary<string, string> { ["/a"] = "/b", ["/c"] = "/d=e" },
            options.Tablespaces);
        Assert.Equal("5433", options.Settings["port"]);
    }

    RestoreOptions Read(params string[] arguments) => _symbols.Read(Parse(arguments), "/given");

    ParseResult Parse(params string[] arguments)
    {
        var command = new VerbCommand("restore", "") { Validators = { _symbols.Check } }.With(_symbols.All);
        var parsed = new RootCommand { command }.Parse(["restore", .. arguments]);

        Assert.Empty(parsed.Errors);
        return parsed;
    }
}
