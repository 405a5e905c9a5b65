using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Renci.SshNet;

namespace TomoBackup.Storage.Sftp;

/// <summary>
/// The socket under a connection, which SSH.NET keeps to itself. It sends without a time limit, and holds a lock
/// meanwhile: where a link stalls in an upload, that upload, all that others send, and even closing the connection
/// would wait for ever. Found in 2026.0.0; bound at compile time like <see cref="SftpSync"/>, and tested by a link that
/// stalls.
/// </summary>
static class SshSocket
{
    /// <summary>Null where the session has ended.</summary>
    public static Socket? Of(SftpClient client)
        => SessionOf(client) is Session session ? SocketOf(session) : null;

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Session")]
    [return: UnsafeAccessorType("Renci.SshNet.ISession, Renci.SshNet")]
    static extern object? SessionOf(BaseClient client);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_socket")]
    static extern ref Socket? SocketOf(Session session);
}
