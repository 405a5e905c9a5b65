namespace TomoBackup;

/// <summary>
/// A failure that we understand: a code, a sentence and, where something can be done, a hint. Anything else that is
/// thrown is a defect and keeps its stack. Caught at two doors only: the operation runner and <c>Program</c>.
/// </summary>
public sealed class TomoBackupException : Exception
{
    TomoBackupException(ErrorCode code, string message, string? hint, Exception? cause)
        : base(message, cause)
    {
        Code = code;
        Hint = hint;
    }

    /// <summary>The exit code.</summary>
    public ErrorCode Code { get; }

    /// <summary>What to do about it, as a sentence; null where we do not know.</summary>
    public string? Hint { get; }

    /// <summary>Makes one. The message is lower case, has no full stop and names object and cause:
    /// "unable to read '/x/y': permission denied". Neither text may hold a secret.</summary>
    public static TomoBackupException Create(
        ErrorCode code,
        string message,
        string? hint = null,
        Exception? cause = null)
        => code is ErrorCode.Ok
            ? throw new ArgumentOutOfRangeException(nameof(code), code, "a failure needs a code of its own")
            : new TomoBackupException(code, message, hint, cause);
}
