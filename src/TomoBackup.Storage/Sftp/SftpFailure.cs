using System.Net.Sockets;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace TomoBackup.Storage.Sftp;

/// <summary>Turns failures of the SSH library into failures of a store.</summary>
static class SftpFailure
{
    /// <summary>True for what the library throws when server or network fail us. It says so by
    /// <see cref="InvalidOperationException"/> too, where a session ended between two requests.</summary>
    public static bool IsOf(Exception failure)
        => failure is SshException or SocketException or (IOException and not StoreException)
            or InvalidOperationException or TimeoutException;

    /// <summary>True where the connection is of no more use.</summary>
    public static bool IsLoss(Exception failure)
        => IsOf(failure) && failure is not (SftpException or SshAuthenticationException);

    /// <summary>True where an answer did not come in time.</summary>
    public static bool IsStall(Exception failure)
        => failure is SshOperationTimeoutException or TimeoutException
            or SocketException { SocketErrorCode: SocketError.TimedOut };

    /// <summary>True where the server gave no other reason than that it failed (SSH_FX_FAILURE), which is what it
    /// says of a full disk, of a name that is taken, and of much else.</summary>
    public static bool IsUnexplained(Exception failure) => failure is SftpException { StatusCode: StatusCode.Failure };

    public static StoreException In(string address, string act, Exception cause)
        => cause as StoreException ?? new StoreException(
            cause is SshAuthenticationException or SftpException { StatusCode: StatusCode.PermissionDenied }
                ? StoreFailure.Denied
                : StoreFailure.Unreachable,
            $"store '{address}': unable to {act}: {Text(cause)}",
            cause);

    static string Text(Exception cause)
        => cause switch
        {
            _ when IsStall(cause) => "the server does not answer in time",
            SftpException { StatusCode: StatusCode.PermissionDenied } => "permission denied",
            SftpPathNotFoundException => "no such file",
            SshAuthenticationException => "the server accepts none of our keys for this user",
            SftpException { StatusCode: StatusCode.Failure } => "the server failed, and does not say why",
            _ => Sentence(cause.Message),
        };

    static string Sentence(string message)
    {
        var text = message.TrimEnd('.');
        return text.Length > 1 && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
