using System.Runtime.InteropServices;

namespace TomoBackup.Storage;

/// <summary>Error numbers of Linux (the same on x86-64 and ARM64), and the exceptions that they become.</summary>
static class Errno
{
    public const int NotPermitted = 1;      // EPERM
    public const int NotFound = 2;          // ENOENT
    public const int Interrupted = 4;       // EINTR
    public const int InputOutput = 5;       // EIO
    public const int WouldBlock = 11;       // EAGAIN
    public const int AccessDenied = 13;     // EACCES
    public const int Exists = 17;           // EEXIST
    public const int OtherDevice = 18;      // EXDEV
    public const int NotDirectory = 20;     // ENOTDIR
    public const int IsDirectory = 21;      // EISDIR
    public const int Invalid = 22;          // EINVAL
    public const int TooLarge = 27;         // EFBIG
    public const int NoSpace = 28;          // ENOSPC
    public const int ReadOnly = 30;         // EROFS
    public const int NameTooLong = 36;      // ENAMETOOLONG
    public const int NotImplemented = 38;   // ENOSYS
    public const int NotEmpty = 39;         // ENOTEMPTY
    public const int TooManyLinks = 40;     // ELOOP
    public const int BadMessage = 74;       // EBADMSG: a checksum of the file system itself failed
    public const int NotSupported = 95;     // EOPNOTSUPP
    public const int NeedsCleaning = 117;   // EUCLEAN: the file system found itself corrupted
    public const int QuotaExceeded = 122;   // EDQUOT

    public static int Last => Marshal.GetLastPInvokeError();

    /// <summary>What went wrong, with the error number in <see cref="Exception.HResult"/>, where the base library
    /// puts it on Linux as well.</summary>
    public static Exception Failure(string act, string path, int error)
        => Failure($"unable to {act} '{path}': {Text(error)}", error);

    public static Exception Failure(string message, int error)
        => error is AccessDenied or NotPermitted
            ? new UnauthorizedAccessException(message) { HResult = error }
            : new IOException(message, error);

    public static string Text(int error)
    {
        var text = Marshal.GetPInvokeErrorMessage(error);
        return text.Length > 1 && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
