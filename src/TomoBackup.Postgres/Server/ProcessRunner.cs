using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace TomoBackup.Postgres.Server;

/// <summary>Starts programs of this machine.</summary>
public sealed class ProcessRunner : IProcessRunner
{
    // $0 takes the log's name, so that no argument is ever read as shell text. The child of Process.Start leads no
    // process group, hence setsid does not fork and our process id is the program's.
    const string Detach = "exec setsid \"$@\" </dev/null >>\"$0\" 2>&1";

    /// <summary>The one instance.</summary>
    public static ProcessRunner Instance { get; } = new();

    ProcessRunner()
    {
    }

    /// <inheritdoc/>
    public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
    {
        var start = StartInfo(request, request.Program, request.Arguments);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        using var process = Start(start);
        process.StandardInput.Close();

        try
        {
            var output = ReadTailAsync(process.StandardOutput, request.OutputLimit, cancellationToken);
            var errors = ReadTailAsync(process.StandardError, request.OutputLimit, cancellationToken);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(cancellationToken)).ConfigureAwait(false);

            return new ProcessResult(
                process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public IStartedProcess StartDetached(ProcessRequest request, string outputFile)
        => new StartedProcess(
            Start(StartInfo(request, "/bin/sh", ["-c", Detach, outputFile, request.Program, .. request.Arguments])));

    static ProcessStartInfo StartInfo(ProcessRequest request, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = request.WorkingDirectory ?? "",
        };

        foreach (var (name, value) in request.Environment)
            start.Environment[name] = value;

        return start;
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)
                ?? throw new ProcessStartException($"unable to start '{start.FileName}': no process came of it");
        }
        catch (Win32Exception e)
        {
            throw new ProcessStartException($"unable to start '{start.FileName}': {e.Message}", e);
        }
    }

    /// <summary>Reads everything, so that the program never blocks on a full pipe, and keeps the end.</summary>
    static async Task<string> ReadTailAsync(StreamReader reader, int limit, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var buffer = new char[8192];

        while (await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            kept.Append(buffer, 0, read);

            if (kept.Length > limit)
                kept.Remove(0, kept.Length - limit);
        }

        return kept.ToString();
    }

    sealed class StartedProcess(Process process) : IStartedProcess
    {
        public int Id { get; } = process.Id;

        public int? ExitCode => process.HasExited ? process.ExitCode : null;

        public void Dispose() => process.Dispose();
    }
}
