using Renci.SshNet;

namespace TomoBackup.Storage.Sftp;

/// <summary>Logs in to a server: knows its key, shows ours, and says in a sentence what failed.</summary>
sealed class SftpConnector(IFileSystem files, StoreAddress address, SftpStoreOptions options)
{
    readonly SshServer _server = address.Server
        ?? throw new ArgumentException($"'{address}' is no folder of an SSH server", nameof(address));

    public async Task<SftpConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var (rule, identity) = ReadLocalFiles();

        using var login = new PrivateKeyAuthenticationMethod(_server.User, identity);
        var connection = new ConnectionInfo(_server.Host, _server.Port, _server.User, login)
        {
            Timeout = options.ConnectTimeout,
        };
        rule.Narrow(connection);

        var client = new SftpClient(connection)
        {
            OperationTimeout = options.NoProgressTimeout,
            KeepAliveInterval = options.NoProgressTimeout / 2,
        };

        // Without a listener the library trusts every key.
        client.HostKeyReceived += (_, e) => e.CanTrust = rule.Accepts(e.HostKey);

        try
        {
            await client.ConnectAsync(cancellationToken).ConfigureAwait(false);
            connection.Timeout = options.NoProgressTimeout;
            var socket = SshSocket.Of(client);
            socket?.SendTimeout = (int)options.NoProgressTimeout.TotalMilliseconds;
            return new SftpConnection(client, socket);
        }
        catch (Exception cause) when (SftpFailure.IsOf(cause))
        {
            client.Dispose();

            throw rule.Refusal is { } refusal
                ? new StoreException(StoreFailure.Denied, $"store '{address}': {refusal}", cause)
                : SftpFailure.In($"{address}", "log in", cause);
        }
        catch
        {
            client.Dispose();
            throw;
        }
        finally
        {
            (identity as IDisposable)?.Dispose();
        }
    }

    // Again for each connection: keys and known hosts may be replaced while a store is open.
    (HostKeyRule Rule, IPrivateKeySource Identity) ReadLocalFiles()
    {
        try
        {
            return (HostKeyRule.Read(files, _server, options), SshIdentity.Open(files, options));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFailure.Denied, $"store '{address}': {cause.Message}", cause);
        }
    }
}
