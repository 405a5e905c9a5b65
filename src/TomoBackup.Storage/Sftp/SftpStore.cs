using System.Diagnostics.CodeAnalysis;
using Renci.SshNet.Common;

namespace TomoBackup.Storage.Sftp;

/// <summary>
/// A store in a directory of an SSH server, over SFTP: an object is the file at root/key. New objects grow in
/// <c>.incoming</c> below the root and are renamed into place, so all of it must be one file system there. Files whose
/// names are not keys are passed over. Links are followed, by the server. All operations share one connection, many at
/// once; one that was dropped is made again, and one that stalls is given up after
/// <see cref="SftpStoreOptions.NoProgressTimeout"/>. Modes of new files are for the server's umask to decide.
/// </summary>
[SuppressMessage("Reliability", "CA2000", Justification = "readers and writers belong to the caller")]
public sealed class SftpStore : IObjectStore
{
    const short OwnerOnly = 700; // the library reads the digits as octal

    readonly SftpConnections _connections;
    readonly SftpFolder _folder;
    readonly KeyTurns _turns = new();

    SftpStore(SftpConnections connections, SftpFolder folder) => (_connections, _folder) = (connections, folder);

    /// <inheritdoc/>
    public string Address => _connections.Address;

    /// <summary>
    /// What this server lets us promise. OpenSSH never replaces a file by a rename, given a file system with hard
    /// links, and syncs files and directories on request: all is kept. Of any other server we take it that a rename
    /// replaces; what it can sync, it was asked when the store was opened.
    /// </summary>
    public StoreGuarantees Guarantees
        => new() { OneCreatorWins = _folder.NeverReplaces, AppearsWhole = true, IsDurable = _folder.Syncs };

    /// <inheritdoc/>
    public bool IsFar => true;

    /// <inheritdoc/>
    public ValueTask<StoreGuarantees> GuaranteesAsync(CancellationToken cancellationToken) => new(Guarantees);

    /// <summary>Logs in and looks at the store's directory; <see cref="StoreFailure.Missing"/> where it does not exist,
    /// <see cref="StoreFailure.Denied"/> where the server's key is not the known one or ours is not accepted.</summary>
    public static async Task<SftpStore> OpenAsync(
        IFileSystem files, StoreAddress address, SftpStoreOptions options, CancellationToken cancellationToken)
    {
        var connections = new SftpConnections(new SftpConnector(files, address, options), $"{address}");

        try
        {
            var folder = new SftpFolder(connections, address.Prefix);
            await folder.OpenAsync(cancellationToken).ConfigureAwait(false);
            return new SftpStore(connections, folder);
        }
        catch
        {
            await connections.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes the directory of a new store, with its parents. One that exists is left as it is; a new one is
    /// for its owner alone.</summary>
    public static async Task InitializeAsync(
        IFileSystem files, StoreAddress address, SftpStoreOptions options, CancellationToken cancellationToken)
    {
        var connections = new SftpConnections(new SftpConnector(files, address, options), $"{address}");

        await using (connections.ConfigureAwait(false))
            await connections.RunAsync(
                $"make '{address.Prefix}'",
                async client =>
                {
                    var path = address.Prefix;

                    for (var slash = path.IndexOf('/', 1); slash >= 0; slash = path.IndexOf('/', slash + 1))
                        await CreateAsync(path[..slash]).ConfigureAwait(false);

                    if (await CreateAsync(path).ConfigureAwait(false))
                        client.ChangePermissions(path, OwnerOnly);

                    async Task<bool> CreateAsync(string directory)
                    {
                        if (await SftpFolder.ExamineAsync(client, directory, cancellationToken).ConfigureAwait(false)
                            is not null)
                            return false;

                        await client.CreateDirectoryAsync(directory, cancellationToken).ConfigureAwait(false);
                        return true;
                    }
                },
                cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var temporary = await _folder.NewTemporaryAsync(cancellationToken).ConfigureAwait(false);
        var connection = await _connections.EnterAsync(cancellationToken).ConfigureAwait(false);
        return new SftpObjectWriter(_connections, connection, _folder, _turns, key, temporary);
    }

    /// <inheritdoc/>
    public async ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = _folder.PathOf(key);
        var found = await _connections.RunAsync(
            $"open '{key}'",
            client => SftpFolder.ExamineAsync(client, path, cancellationToken),
            cancellationToken).ConfigureAwait(false);

        if (found is { IsRegularFile: true })
            return new SftpObjectReader(_connections, path, key, found.Size);

        await _folder.EnsureRootAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, CancellationToken cancellationToken)
        => new SftpListing(_connections, _folder, prefix).EntriesAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = _folder.PathOf(key);

        await _connections.RunAsync(
            $"delete '{key}'",
            async client =>
            {
                if (await SftpFolder.ExamineAsync(client, path, cancellationToken).ConfigureAwait(false)
                    is { IsRegularFile: true })
                    await RemoveAsync(client, path, cancellationToken).ConfigureAwait(false);

                // Also after an earlier delete that was cut off here: a manifest that came back after a power cut
                // would name packs that are gone.
                await _folder.SyncParentAsync(client, key, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);

        await _folder.EnsureRootAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what killed writers left behind, and answers how many files. A file that somebody wrote to
    /// within the time stays; so let it be longer than any writer pauses, and than the two clocks differ.</summary>
    public async ValueTask<int> SweepAsync(TimeSpan olderThan, TimeProvider time, CancellationToken cancellationToken)
    {
        var newest = time.GetUtcNow() - olderThan;

        return await _connections.RunAsync(
            "sweep what writers left",
            async client =>
            {
                var swept = 0;

                if (await SftpFolder.ExamineAsync(client, _folder.IncomingPath, cancellationToken)
                    .ConfigureAwait(false) is null)
                    return swept;

                await foreach (var file in client.ListDirectoryAsync(_folder.IncomingPath, cancellationToken)
                    .ConfigureAwait(false))
                {
                    if (!file.IsRegularFile || !file.Name.StartsWith(TemporaryName.Prefix, StringComparison.Ordinal)
                        || file.LastWriteTimeUtc > newest)
                        continue;

                    await RemoveAsync(client, $"{_folder.IncomingPath}/{file.Name}", cancellationToken)
                        .ConfigureAwait(false);
                    swept++;
                }

                return swept;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync().ConfigureAwait(false);
        _turns.Dispose();
    }

    static async Task RemoveAsync(
        Renci.SshNet.SftpClient client, string path, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteFileAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (SftpPathNotFoundException)
        {
            // Another was faster.
        }
    }
}
