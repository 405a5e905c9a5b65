using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace TomoBackup.Storage.Sftp;

/// <summary>
/// The directory tree of a <see cref="SftpStore"/>. Invariants: an object's parents are on the server's disk before it
/// is moved in, where the server can sync; and the root is still there, on the file system that it was on, for the
/// mount point of a disk that went away looks like an empty store.
/// </summary>
sealed class SftpFolder(SftpConnections connections, string root)
{
    const string Incoming = ".incoming";
    const long NearlyNothing = 1 << 20;

    volatile bool _hasIncoming;
    ulong? _fileSystem;

    public string Address => connections.Address;

    public string Root => root;

    public string IncomingPath => $"{root}/{Incoming}";

    public bool Syncs { get; private set; }

    public bool NeverReplaces { get; private set; }

    public string PathOf(ObjectKey key) => $"{root}/{key.Value}";

    /// <summary>Looks at the root, and learns what this server can do.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await EnsureRootAsync(cancellationToken).ConfigureAwait(false);

        (Syncs, NeverReplaces) = await connections.RunAsync(
            "look at its root",
            async client => (await SyncsAsync(client, cancellationToken).ConfigureAwait(false), IsOpenSsh(client)),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Throws where the root went away, or where another file system has come into its place.</summary>
    public async Task EnsureRootAsync(CancellationToken cancellationToken)
    {
        var (stands, fileSystem) = await connections.RunAsync(
            "look at its root",
            async client => (
                await ExamineAsync(client, root, cancellationToken).ConfigureAwait(false) is { IsDirectory: true },
                await FileSystemAsync(client, cancellationToken).ConfigureAwait(false)),
            cancellationToken).ConfigureAwait(false);

        if (!stands)
            throw new StoreException(StoreFailure.Missing, $"store '{Address}': there is no such directory");

        _fileSystem ??= fileSystem;

        if (fileSystem is not null && fileSystem != _fileSystem)
            throw new StoreException(
                StoreFailure.Unreachable,
                $"store '{Address}': its root is not on the file system that it was on; a disk may have gone there");
    }

    /// <summary>What stands at a path; null where nothing does.</summary>
    public static async Task<SftpFileAttributes?> ExamineAsync(
        SftpClient client, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAttributesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (SftpPathNotFoundException)
        {
            return null;
        }
    }

    /// <summary>A path for a file that is not finished.</summary>
    public async Task<string> NewTemporaryAsync(CancellationToken cancellationToken)
    {
        if (!_hasIncoming)
        {
            await connections.RunAsync(
                "make a folder for new objects",
                client => MakeAsync(client, IncomingPath, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            _hasIncoming = true;
        }

        return $"{IncomingPath}/{TemporaryName.Next()}";
    }

    /// <summary>Moves a finished, synced file to its key, durably where the server can sync. Not to be done twice.
    /// </summary>
    public async Task<CommitOutcome> PublishAsync(
        SftpClient client, string temporary, ObjectKey key, CancellationToken cancellationToken)
    {
        var outcome = NeverReplaces || await ExamineAsync(client, PathOf(key), cancellationToken).ConfigureAwait(false)
            is null
            ? await MoveAsync(client, temporary, key, cancellationToken).ConfigureAwait(false)
            : await TakenAsync(client, key, cancellationToken).ConfigureAwait(false);

        // Also when the object is another's, who may have died before this step: our caller will rely on it.
        await SyncParentAsync(client, key, cancellationToken).ConfigureAwait(false);
        return outcome ?? throw new SftpException(StatusCode.Failure);
    }

    /// <summary>Makes the names beside the object durable; does nothing where it has no directory.</summary>
    public async Task SyncParentAsync(SftpClient client, ObjectKey key, CancellationToken cancellationToken)
    {
        if (!Syncs)
            return;

        try
        {
            await TrySyncAsync(client, ParentOf(PathOf(key)), cancellationToken).ConfigureAwait(false);
        }
        catch (SftpPathNotFoundException)
        {
            // No directory, so no names.
        }
    }

    /// <summary>Says that a write failed for want of room, where that is so; else the failure as it was.</summary>
    public async Task<Exception> ExplainAsync(SftpClient client, Exception failure, CancellationToken cancellationToken)
    {
        if (!SftpFailure.IsUnexplained(failure))
            return failure;

        try
        {
            var space = await client.GetStatusAsync(root, cancellationToken).ConfigureAwait(false);

            return space.AvailableBlocks * space.BlockSize < NearlyNothing
                ? new StoreException(StoreFailure.Full, $"store '{Address}': no room is left on the server", failure)
                : failure;
        }
        catch (Exception unknown) when (SftpFailure.IsOf(unknown) || unknown is NotSupportedException)
        {
            return failure;
        }
    }

    async Task<CommitOutcome?> MoveAsync(
        SftpClient client, string temporary, ObjectKey key, CancellationToken cancellationToken)
    {
        for (var mayLackParents = true; ; mayLackParents = false)
        {
            try
            {
                await client.RenameFileAsync(temporary, PathOf(key), cancellationToken).ConfigureAwait(false);
                return CommitOutcome.Stored;
            }
            catch (SftpPathNotFoundException) when (mayLackParents)
            {
                await EnsureRootAsync(cancellationToken).ConfigureAwait(false);
                await MakeParentsAsync(client, key, cancellationToken).ConfigureAwait(false);
            }
            catch (SftpException failure) when (SftpFailure.IsUnexplained(failure))
            {
                // Most servers say so little of an object above, too.
                if (await TakenAsync(client, key, cancellationToken).ConfigureAwait(false) is { } outcome)
                    return outcome;

                await MakeParentsAsync(client, key, cancellationToken).ConfigureAwait(false);
                return null;
            }
        }
    }

    // Null where nothing stands there.
    async Task<CommitOutcome?> TakenAsync(SftpClient client, ObjectKey key, CancellationToken cancellationToken)
        => await ExamineAsync(client, PathOf(key), cancellationToken).ConfigureAwait(false) switch
        {
            null => null,
            { IsRegularFile: true } => CommitOutcome.AlreadyExists,
            _ => throw IsNoFile(PathOf(key)),
        };

    async Task MakeParentsAsync(SftpClient client, ObjectKey key, CancellationToken cancellationToken)
    {
        var text = key.Value;

        for (var slash = text.IndexOf('/'); slash >= 0; slash = text.IndexOf('/', slash + 1))
            await MakeAsync(client, $"{root}/{text[..slash]}", cancellationToken).ConfigureAwait(false);
    }

    async Task MakeAsync(SftpClient client, string directory, CancellationToken cancellationToken)
    {
        switch (await ExamineAsync(client, directory, cancellationToken).ConfigureAwait(false))
        {
            case null:
                await CreateAsync(client, directory, cancellationToken).ConfigureAwait(false);
                break;

            case { IsDirectory: false }:
                throw new StoreException(
                    StoreFailure.Damaged,
                    $"store '{Address}': '{directory}' is no directory, so nothing lies below it");
        }
    }

    async Task CreateAsync(SftpClient client, string directory, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateDirectoryAsync(directory, cancellationToken).ConfigureAwait(false);
        }
        catch (SftpPathNotFoundException)
        {
            await EnsureRootAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
        catch (SftpException failure) when (SftpFailure.IsUnexplained(failure))
        {
            // Another writer was faster, which is as good.
            if (await ExamineAsync(client, directory, cancellationToken).ConfigureAwait(false) is not
                { IsDirectory: true })
                throw;
        }

        if (Syncs)
            await TrySyncAsync(client, ParentOf(directory), cancellationToken).ConfigureAwait(false);
    }

    // A server that refuses, or that does not let a directory be opened, promises nothing.
    async Task<bool> SyncsAsync(SftpClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await TrySyncAsync(client, root, cancellationToken).ConfigureAwait(false);
        }
        catch (SftpException)
        {
            return false;
        }
    }

    // OpenSSH opens a directory like any file, and syncs what it has opened.
    static async Task<bool> TrySyncAsync(SftpClient client, string directory, CancellationToken cancellationToken)
    {
        var entries = await client.OpenAsync(directory, FileMode.Open, FileAccess.Read, cancellationToken)
            .ConfigureAwait(false);

        await using (entries.ConfigureAwait(false))
            return await SftpSync.TrySyncAsync(client, entries.Handle, cancellationToken).ConfigureAwait(false);
    }

    async Task<ulong?> FileSystemAsync(SftpClient client, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetStatusAsync(root, cancellationToken).ConfigureAwait(false)).Sid;
        }
        catch (Exception failure) when (failure is NotSupportedException or SftpException)
        {
            return null;
        }
    }

    StoreException IsNoFile(string path)
        => new(StoreFailure.Damaged, $"store '{Address}': '{path}' is no file, so no object can stand there");

    static string ParentOf(string path) => path[..path.LastIndexOf('/')];

    // Its SSH_FXP_RENAME makes a second name and takes the first one away (sftp-server.c, process_rename), so it never
    // replaces a file where the file system knows hard links. Of other servers nobody can say without trying.
    static bool IsOpenSsh(SftpClient client)
        => client.ConnectionInfo.ServerVersion is { } version
            && version.Contains("OpenSSH_", StringComparison.Ordinal);
}
