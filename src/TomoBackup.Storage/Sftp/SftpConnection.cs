using System.Net.Sockets;
using Renci.SshNet;

namespace TomoBackup.Storage.Sftp;

/// <summary>One connection, which many operations use at once. It is closed when it was given up and its last user has
/// left: the library fails in odd ways where a connection is closed under an operation.</summary>
sealed class SftpConnection(SftpClient client, Socket? socket)
{
    readonly Lock _lock = new();
    int _users;
    bool _isRetired;
    bool _isClosed;

    public SftpClient Client => client;

    /// <summary>True once an operation has succeeded: one that fails later may have met a connection that died while
    /// nobody used it.</summary>
    public bool HasServed { get; set; }

    /// <summary>False where it is given up or has ended.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_isRetired || !client.IsConnected)
                return false;

            _users++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_lock)
            _users--;

        CloseIfUnused();
    }

    /// <summary>No operation begins on it any more.</summary>
    public void Retire()
    {
        lock (_lock)
            _isRetired = true;

        CloseIfUnused();
    }

    /// <summary>Retires it at once: those who still use it fail now, and not when their patience ends.</summary>
    public void Abort()
    {
        socket?.Dispose();
        Retire();
    }

    void CloseIfUnused()
    {
        lock (_lock)
        {
            if (!_isRetired || _isClosed || _users > 0)
                return;

            _isClosed = true;
        }

        try
        {
            client.Dispose();
        }
        catch (Exception failure) when (SftpFailure.IsOf(failure))
        {
            // It was given up: how it says goodbye changes nothing.
        }
    }
}
