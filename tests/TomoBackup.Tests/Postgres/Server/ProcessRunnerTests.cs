using System.Diagnostics;
using TomoBackup.Postgres.Server;
using TomoBackup.Testing;

namespace TomoBackup.Tests.Postgres.Server;

public sealed class ProcessRunnerTests
{
    static readonly ProcessRunner Runner = ProcessRunner.Instance;

    [Fact]
    public async Task Brings_back_what_a_program_said_and_how_it_ended()
    {
        var result = await RunAsync("echo out; echo first >&2; echo last >&2; exit 7");

        Assert.Equal(new ProcessResult(7, "out\n", "first\nlast\n"), result);
        Assert.Equal("last", result.LastWords);
    }

    [Fact]
    public async Task Keeps_the_end_of_a_long_output()
    {
        var result = await Runner.RunAsync(
            new ProcessRequest("/bin/sh", "-c", "yes | head -c 1000000; echo end") { OutputLimit = 100 },
            TestContext.Current.CancellationToken);

        Assert.Equal(100, result.Output.Length);
        Assert.EndsWith("end\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_and_takes_away_variables()
    {
        var result = await Runner.RunAsync(
            new ProcessRequest("/bin/sh", "-c", "echo \"$GIVEN ${HOME-none}\"")
            {
                Environment = new Dictionary<string, string?> { ["GIVEN"] = "a b", ["HOME"] = null },
            },
            TestContext.Current.CancellationToken);

        Assert.Equal("a b none\n", result.Output);
    }

    [Fact]
    public async Task Hands_over_arguments_unread_by_any_shell()
    {
        var result = await Runner.RunAsync(
            new ProcessRequest("/usr/bin/printf", "%s|", "a b", "$HOME", "'", "*"),
            TestContext.Current.CancellationToken);

        Assert.Equal("a b|$HOME|'|*|", result.Output);
    }

    [Fact]
    public async Task Says_that_a_program_is_not_there()
    {
        var missing = await Assert.ThrowsAsync<ProcessStartException>(
            () => Runner.RunAsync(new ProcessRequest("/no/such/program"), TestContext.Current.CancellationToken));

        Assert.Contains("/no/such/program", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_kills_the_program_and_what_it_started()
    {
        using var folder = new TestFolder();
        using var cancel = new CancellationTokenSource();
        var running = Runner.RunAsync(
            new ProcessRequest("/bin/sh", "-c", "sleep 600 & echo $! > child; wait")
            {
                WorkingDirectory = folder.FullPath,
            },
            cancel.Token);

        var child = int.Parse(await ReadSoonAsync(folder["child"]), System.Globalization.CultureInfo.InvariantCulture);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await UntilAsync(() => NativeProcess.NameOf(child) is null);
    }

    [Fact]
    public async Task A_detached_program_leads_its_own_session_and_writes_to_its_file()
    {
        using var folder = new TestFolder();
        var log = folder["it's $HOME.log"];
        using var started = Runner.StartDetached(
            new ProcessRequest("/bin/sh", "-c", "echo started; exec sleep 600"), log);

        Assert.Equal("started\n", await ReadSoonAsync(log));
        Assert.Null(started.ExitCode);

        // Fifth field from the end of "(name)" on is the session.
        var stat = await File.ReadAllTextAsync($"/proc/{started.Id}/stat", TestContext.Current.CancellationToken);
        Assert.Equal($"{started.Id}", stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);

        Assert.True(NativeProcess.Signal(started.Id, 15));
        await UntilAsync(() => started.ExitCode is not null);
        Assert.Equal(128 + 15, started.ExitCode);
        Assert.False(NativeProcess.Signal(started.Id, 15));
    }

    static Task<ProcessResult> RunAsync(string script)
        => Runner.RunAsync(new ProcessRequest("/bin/sh", "-c", script), TestContext.Current.CancellationToken);

    static async Task<string> ReadSoonAsync(string path)
    {
        await UntilAsync(() => File.Exists(path) && File.ReadAllText(path).EndsWith('\n'));
        return await File.ReadAllTextAsync(path);
    }

    static async Task UntilAsync(Func<bool> condition)
    {
        for (var begun = Stopwatch.StartNew(); !condition(); await Task.Delay(5))
            Assert.True(begun.Elapsed < TimeSpan.FromSeconds(10), "did not happen within ten seconds");
    }
}
