using TomoBackup.Postgres.Server;
using Xunit;

namespace TomoBackup.Testing.Tool;

/// <summary>
/// Runs the published executable as a person or PostgreSQL would: <c>TOMO_BACKUP_BIN</c> names it. Each call has its
/// own HOME, so that nothing of the machine's set-up is seen.
/// </summary>
public sealed class ToolRunner(TestFolder folder)
{
    /// <summary>No verb of a test takes longer unless it hangs.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Given by every call as TOMO_BACKUP_POLICY; null for none.</summary>
    public string? PolicyFile { get; set; }

    /// <summary>More in the environment of every call.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Path of the executable; its absence fails the test.</summary>
    public static string Binary
    {
        get
        {
            var path = System.Environment.GetEnvironmentVariable("TOMO_BACKUP_BIN");

            if (path is not { Length: > 0 } || !File.Exists(path))
                Assert.Fail($"the executable is not here ('{path}'): publish it and name it in TOMO_BACKUP_BIN");

            return path;
        }
    }

    /// <summary>Runs to the end; any exit code is an answer.</summary>
    public Task<ProcessResult> RunAsync(params IReadOnlyList<string> arguments)
        => RunAsync(new Dictionary<string, string?>(), arguments);

    /// <summary>Runs to the end with more in its environment.</summary>
    public async Task<ProcessResult> RunAsync(
        IReadOnlyDictionary<string, string?> environment, IReadOnlyList<string> arguments)
    {
        using var patience = new CancellationTokenSource(Patience);

        try
        {
            return await RunAsync(environment, arguments, patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"tomo-backup {string.Join(' ', arguments)}: still running after {Patience.TotalSeconds} s");
            throw;
        }
    }

    /// <summary>Runs until it ends or until the test cancels, which kills it at once as a crash would.</summary>
    public Task<ProcessResult> RunAsync(
        IReadOnlyDictionary<string, string?> environment,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken)
        => ProcessRunner.Instance.RunAsync(
            new ProcessRequest(Binary, arguments)
            {
                WorkingDirectory = folder.FullPath,
                Environment = Isolated(environment),
            },
            cancellationToken);

    /// <summary>Starts and does not wait; what it says goes to a file. For tests that send signals: tests that run in
    /// the background ignore SIGINT, and so would all that they start.</summary>
    public IStartedProcess Start(string outputFile, params IReadOnlyList<string> arguments)
        => ProcessRunner.Instance.StartDetached(
            new ProcessRequest("/usr/bin/env", ["--default-signal=INT", Binary, .. arguments])
            {
                WorkingDirectory = folder.FullPath,
                Environment = Isolated(new Dictionary<string, string?>()),
            },
            outputFile);

    /// <summary>Runs and fails the test, with all that was said, where the exit code is another.</summary>
    public async Task<ProcessResult> ExpectAsync(int exitCode, params IReadOnlyList<string> arguments)
    {
        var result = await RunAsync(arguments);

        Assert.True(
            result.ExitCode == exitCode,
            $"tomo-backup {string.Join(' ', arguments)}: exit code {result.ExitCode}, not {exitCode}\n"
                + $"{result.Output}\n{result.Errors}");

        return result;
    }

    Dictionary<string, string?> Isolated(IReadOnlyDictionary<string, string?> environment)
    {
        var all = new Dictionary<string, string?>
        {
            ["HOME"] = folder.FullPath,
            ["XDG_CONFIG_HOME"] = folder["xdg-config"],
            ["XDG_STATE_HOME"] = folder["xdg-state"],
            ["XDG_CACHE_HOME"] = folder["xdg-cache"],
            ["XDG_RUNTIME_DIR"] = folder["xdg-run"],
            ["NO_COLOR"] = "1",
            ["TZ"] = "UTC",
            ["TOMO_BACKUP_POLICY"] = PolicyFile,
        };

        foreach (var (name, value) in Environment.Concat(environment))
            all[name] = value;

        return all;
    }
}
