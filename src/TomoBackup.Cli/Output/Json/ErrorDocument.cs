using System.Text.Json;

namespace TomoBackup.Cli.Output.Json;

/// <summary>A failure as <c>--json</c> prints it, one object on a line of stderr:
/// <c>{"error":{"code":"locked","exit":11,"message":"…","hint":"…"}}</c>.</summary>
/// <param name="Error">The failure.</param>
sealed record ErrorDocument(ErrorBody Error)
{
    public static ErrorDocument Of(TomoBackupException failure, int exit)
        => new(new ErrorBody(
            JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.Code.ToString()),
            exit,
            failure.Message,
            failure.Hint));
}

/// <summary>The body of an <see cref="ErrorDocument"/>.</summary>
/// <param name="Code">Name of the code, in snake case: what happened, even where <c>wal get</c> may not exit with
/// it.</param>
/// <param name="Exit">What the process exits with.</param>
/// <param name="Message">The sentence.</param>
/// <param name="Hint">What to do; left out where we do not know.</param>
sealed record ErrorBody(string Code, int Exit, string Message, string? Hint);

/// <summary>A warning as <c>--json</c> prints it on stderr: <c>{"warning":{"message":"…"}}</c>.</summary>
/// <param name="Warning">The warning.</param>
sealed record WarningDocument(WarningBody Warning)
{
    public static WarningDocument Of(string message) => new(new WarningBody(message));
}

/// <summary>The body of a <see cref="WarningDocument"/>.</summary>
/// <param name="Message">The sentence.</param>
sealed record WarningBody(string Message);
