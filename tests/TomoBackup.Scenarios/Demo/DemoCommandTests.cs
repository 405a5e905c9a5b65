using System.Globalization;
using System.Text.RegularExpressions;
using TomoBackup.Testing;
using TomoBackup.Testing.Postgres;
using TomoBackup.Testing.Tool;

namespace TomoBackup.Scenarios.Demo;

/// <summary>The published executable, as <c>./quickstart</c> runs it.</summary>
public sealed partial class DemoCommandTests : IDisposable
{
    readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Proves_that_exactly_the_rows_of_the_chosen_moment_come_back()
    {
        var result = await RunAsync("demo");

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        var last = result.Output.TrimEnd('\n').Split('\n')[^1];
        var proof = Proof.Match(last);
        Assert.True(proof.Success, last);
        Assert.Equal(proof.Groups["expected"].Value, proof.Groups["found"].Value);
        Assert.True(long.Parse(proof.Groups["found"].Value, CultureInfo.InvariantCulture) > 100_000, last);
        Assert.Empty(Directory.GetDirectories(_folder.FullPath, "demo-*"));
    }

    [Fact]
    public async Task Answers_a_script_in_the_approved_shape()
    {
        var result = await RunAsync("demo", "--json", "--megabytes", "60");

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Approval.Verify(JsonShape.Of(result.Output), "json-demo");
    }

    [Fact]
    public async Task Proves_nothing_when_one_frame_of_the_backup_was_spoiled()
    {
        var result = await RunAsync("demo", "--damage", "--megabytes", "60");

        Assert.Equal((int)ErrorCode.RepositoryDamaged, result.ExitCode);
        Assert.DoesNotContain("PROVEN", result.Output, StringComparison.Ordinal);
        Assert.Contains("damaged", result.Errors, StringComparison.Ordinal);
    }

    async Task<TomoBackup.Postgres.Server.ProcessResult> RunAsync(params string[] arguments)
        => await new ToolRunner(_folder).RunAsync(
            [.. arguments, "--postgres", (await PostgresBinaries.FindAsync(18)).BinDirectory]);

    [GeneratedRegex(
        "^PROVEN: recovered to .+ UTC, (?<expected>\\d+) rows expected, (?<found>\\d+) found, .* in [0-9.]+ s$")]
    static partial Regex Proof { get; }
}
