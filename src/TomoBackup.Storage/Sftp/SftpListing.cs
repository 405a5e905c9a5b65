using System.Runtime.CompilerServices;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace TomoBackup.Storage.Sftp;

/// <summary>
/// Walks a store on a server in the order of keys, which is not the order of names: '-' and '.' sort before '/', so a
/// directory sorts with its slash. Holds the directories on the way to the current entry, never the whole tree.
/// </summary>
sealed class SftpListing(SftpConnections connections, SftpFolder folder, string prefix)
{
    readonly record struct Found(string Key, ISftpFile File);

    // The next entry is on top.
    readonly Stack<Found> _pending = new();

    public async IAsyncEnumerable<ObjectEntry> EntriesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = prefix[..(prefix.LastIndexOf('/') + 1)];

        if (start.Length == 0 || ObjectKey.IsValid(start[..^1]))
            await ExpandAsync(start, cancellationToken).ConfigureAwait(false);

        while (_pending.TryPop(out var next))
        {
            if (next.File.IsDirectory)
                await ExpandAsync(next.Key, cancellationToken).ConfigureAwait(false);
            else
                yield return new ObjectEntry(
                    new ObjectKey(next.Key), next.File.Length, new DateTimeOffset(next.File.LastWriteTimeUtc));
        }

        // Before the caller believes that this was all.
        await folder.EnsureRootAsync(cancellationToken).ConfigureAwait(false);
    }

    async Task ExpandAsync(string directory, CancellationToken cancellationToken)
    {
        var path = directory.Length == 0 ? folder.Root : $"{folder.Root}/{directory.TrimEnd('/')}";
        var found = (await ReadAsync(path, cancellationToken).ConfigureAwait(false))
            .Select(file => new Found(directory + file.Name + (file.IsDirectory ? "/" : ""), file))
            .Where(IsWanted)
            .OrderByDescending(entry => entry.Key, StringComparer.Ordinal);

        foreach (var entry in found)
            _pending.Push(entry);
    }

    Task<List<ISftpFile>> ReadAsync(string path, CancellationToken cancellationToken)
        => connections.RunAsync(
            $"list '{path}'",
            async client =>
            {
                var files = new List<ISftpFile>();

                try
                {
                    await foreach (var file in client.ListDirectoryAsync(path, cancellationToken)
                        .ConfigureAwait(false))
                        files.Add(file);
                }
                catch (SftpException failure) when (failure is SftpPathNotFoundException
                    || SftpFailure.IsUnexplained(failure))
                {
                    // No such directory, or removed since its parent was read; or a file, which has nothing below it.
                    if (await SftpFolder.ExamineAsync(client, path, cancellationToken).ConfigureAwait(false)
                        is { IsDirectory: true })
                        throw;
                }

                return files;
            },
            cancellationToken);

    bool IsWanted(Found entry)
        => (entry.File.IsDirectory || entry.File.IsRegularFile)
            && ObjectKey.IsValid(entry.Key.TrimEnd('/'))
            && (entry.Key.StartsWith(prefix, StringComparison.Ordinal)
                || (entry.File.IsDirectory && prefix.StartsWith(entry.Key, StringComparison.Ordinal)));
}
