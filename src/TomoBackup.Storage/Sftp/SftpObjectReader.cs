using System.Collections.Concurrent;
using Renci.SshNet;
using Renci.SshNet.Sftp;

namespace TomoBackup.Storage.Sftp;

/// <summary>Reads at positions. An open file of the library has one position, so each read that runs beside another
/// opens the file once more, and leaves it for the next one.</summary>
sealed class SftpObjectReader(SftpConnections connections, string path, ObjectKey key, long length) : IObjectReader
{
    readonly record struct OpenFile(SftpClient Client, SftpFileStream Stream);

    readonly ConcurrentBag<OpenFile> _idle = [];

    public long Length => length;

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);

        if (offset + buffer.Length > length)
            throw new StoreException(
                StoreFailure.Damaged,
                $"store '{connections.Address}': '{key}' has {length} bytes, not {buffer.Length} at {offset}");

        if (!buffer.IsEmpty)
            await connections.RunAsync(
                $"read '{key}'",
                client => ReadAsync(client, offset, buffer, cancellationToken),
                cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out var open))
            await CloseAsync(open.Stream).ConfigureAwait(false);
    }

    async Task ReadAsync(SftpClient client, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var stream = await OpenAsync(client, cancellationToken).ConfigureAwait(false);
        var isWhole = false;

        try
        {
            stream.Position = offset;
            var read = await stream
                .ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);

            if (read < buffer.Length)
                throw new StoreException(
                    StoreFailure.Damaged,
                    $"store '{connections.Address}': '{key}' has {read} of the {buffer.Length} bytes asked for at "
                    + $"{offset}");

            isWhole = true;
        }
        finally
        {
            if (isWhole)
                _idle.Add(new(client, stream));
            else
                await CloseAsync(stream).ConfigureAwait(false);
        }
    }

    // Files of a connection that was lost cannot be read any more.
    async Task<SftpFileStream> OpenAsync(SftpClient client, CancellationToken cancellationToken)
    {
        while (_idle.TryTake(out var open))
        {
            if (open.Client == client)
                return open.Stream;

            await CloseAsync(open.Stream).ConfigureAwait(false);
        }

        return await client.OpenAsync(path, FileMode.Open, FileAccess.Read, cancellationToken).ConfigureAwait(false);
    }

    static async Task CloseAsync(SftpFileStream stream)
    {
        try
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (SftpFailure.IsOf(failure))
        {
            // The server closes the files of a connection that ends.
        }
    }
}
