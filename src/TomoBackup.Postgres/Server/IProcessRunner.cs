namespace TomoBackup.Postgres.Server;

/// <summary>Starts other programs. A test replaces it to make one fail, hang or print what it likes.</summary>
public interface IProcessRunner
{
    /// <summary>Runs a program to its end. Cancellation kills it with all that it started. A program that cannot be
    /// started is <see cref="ProcessStartException"/>; any exit code is an answer.</summary>
    Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken);

    /// <summary>Starts a program in a session of its own, so that it outlives us and our terminal, with its output
    /// appended to a file.</summary>
    IStartedProcess StartDetached(ProcessRequest request, string outputFile);
}

/// <summary>A program that runs on its own. Letting go of it does not end it.</summary>
public interface IStartedProcess : IDisposable
{
    /// <summary>Its process id.</summary>
    int Id { get; }

    /// <summary>Null while it runs; 128 + signal where a signal ended it.</summary>
    int? ExitCode { get; }
}

/// <summary>What to run.</summary>
/// <param name="Program">Path, or a name that is looked up in PATH.</param>
/// <param name="Arguments">One by one; no shell reads them.</param>
public sealed record ProcessRequest(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Added to our own environment; null takes a variable away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Null for our own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Characters kept of each output stream, from its end: the last words say why a program failed.</summary>
    public int OutputLimit { get; init; } = 1 << 20;
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">128 + signal where a signal ended it.</param>
/// <param name="Output">The end of its standard output.</param>
/// <param name="Errors">The end of its standard error.</param>
public sealed record ProcessResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Its last line of complaint, or failing that of output: what a message quotes.</summary>
    public string LastWords => LastLine(Errors) ?? LastLine(Output) ?? $"exit code {ExitCode}";

    static string? LastLine(string text)
        => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
}

/// <summary>A program could not be started at all.</summary>
public sealed class ProcessStartException(string message, Exception? cause = null) : Exception(message, cause);
