using System.Runtime.CompilerServices;
using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace TomoBackup.Storage.Sftp;

/// <summary>
/// <c>fsync@openssh.com</c> (OpenSSH PROTOCOL §4.5): the server answers when the bytes of an open file, or the entries
/// of an open directory, are on its disk. SSH.NET has no call for it, and no public way to send a request of our own;
/// so its request for <c>statvfs@openssh.com</c> is given another name here, for both are a name and one string. That
/// reaches into a library whose version is pinned exactly; the compiler binds the names below, nothing is looked up at
/// run time, and tests against a real server fail when one of them moves.
/// </summary>
static class SftpSync
{
    const string Name = "fsync@openssh.com";
    const string Session = "Renci.SshNet.Sftp.SftpSession, Renci.SshNet";
    const string Request = "Renci.SshNet.Sftp.Requests.StatVfsRequest, Renci.SshNet";
    const string Status = "Renci.SshNet.Sftp.Responses.SftpStatusResponse, Renci.SshNet";
    const string Reply = "Renci.SshNet.Sftp.Responses.SftpExtendedReplyResponse, Renci.SshNet";

    /// <summary>False where the server does not know the request; a sync that fails is <see cref="SftpException"/>.
    /// </summary>
    public static async Task<bool> TrySyncAsync(SftpClient client, byte[] handle, CancellationToken cancellationToken)
    {
        var session = SessionOf(client) ?? throw new SshConnectionException("the session has ended");
        var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<object> onStatus = status => answer.TrySetResult(status);

        // Latin 1 carries the handle's bytes as they are.
        var request = Create(
            VersionOf(session), NextId(session), Encoding.Latin1.GetString(handle), Encoding.Latin1, null, onStatus);
        SetName(request, Name);
        Send(session, request);

        var patience = (int)client.OperationTimeout.TotalMilliseconds;
        var status = await WaitAsync(session, answer, patience, cancellationToken).ConfigureAwait(false);

        return CodeOf(status) switch
        {
            StatusCode.Ok => true,
            StatusCode.OperationUnsupported => false,
            var code => throw new SftpException(code),
        };
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_SftpSession")]
    [return: UnsafeAccessorType("Renci.SshNet.Sftp.ISftpSession, Renci.SshNet")]
    static extern object? SessionOf(SftpClient client);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ProtocolVersion")]
    static extern uint VersionOf([UnsafeAccessorType(Session)] object session);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_NextRequestId")]
    static extern uint NextId([UnsafeAccessorType(Session)] object session);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    [return: UnsafeAccessorType(Request)]
    static extern object Create(
        uint protocolVersion,
        uint requestId,
        string path,
        Encoding encoding,
        [UnsafeAccessorType($"System.Action`1[[{Reply}]]")] object? onReply,
        [UnsafeAccessorType($"System.Action`1[[{Status}]]")] object onStatus);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Name")]
    static extern void SetName(
        [UnsafeAccessorType("Renci.SshNet.Sftp.Requests.SftpExtendedRequest, Renci.SshNet")] object request,
        string name);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SendRequest")]
    static extern void Send(
        [UnsafeAccessorType(Session)] object session,
        [UnsafeAccessorType("Renci.SshNet.Sftp.Requests.SftpRequest, Renci.SshNet")] object request);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "WaitOnHandleAsync")]
    static extern Task<T> WaitAsync<T>(
        [UnsafeAccessorType("Renci.SshNet.SubsystemSession, Renci.SshNet")] object session,
        TaskCompletionSource<T> answer,
        int milliseconds,
        CancellationToken cancellationToken);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_StatusCode")]
    static extern StatusCode CodeOf([UnsafeAccessorType(Status)] object status);
}
