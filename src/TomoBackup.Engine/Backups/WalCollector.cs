using System.Security.Cryptography;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Backups;

/// <summary>
/// Waits until all WAL from start to stop is in the repository, and copies these objects into the backup, byte for
/// byte, so that the backup stands alone when the archive is expired around it.
/// </summary>
sealed class WalCollector(Repository repository, WalArchive archive, string prefix, TimeProvider time)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    const int CopyBytes = 1 << 20;

    /// <summary>Waits until every segment is there.</summary>
    /// <param name="waiting">Told the name of the segment that is waited for.</param>
    public async Task<IReadOnlyList<ArchivedFile>> WaitAsync(
        WalSegment first,
        WalSegment last,
        WalSegmentSize size,
        TimeSpan limit,
        Action<string> waiting,
        CancellationToken cancellationToken)
    {
        var found = new List<ArchivedFile>();
        var began = time.GetTimestamp();

        for (var segment = first; segment.Number <= last.Number; segment = segment.Next)
        {
            var name = segment.Name(size);
            var pause = FirstPause;

            while (true)
            {
                if (await FindAsync(name, cancellationToken).ConfigureAwait(false) is { } file)
                {
                    found.Add(file);
                    break;
                }

                if (time.GetElapsedTime(began) > limit)
                    throw NotArrived(name, last.Name(size), limit);

                waiting(name);
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
            }
        }

        return found;
    }

    /// <summary>Copies archived files into the backup.</summary>
    public async Task<IReadOnlyList<ManifestObject>> CopyAsync(
        IReadOnlyList<ArchivedFile> files, CancellationToken cancellationToken)
    {
        var objects = new List<ManifestObject>(files.Count);

        foreach (var file in files)
            objects.Add(await CopyAsync(file, cancellationToken).ConfigureAwait(false));

        return objects;
    }

    async Task<ArchivedFile?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var found = await archive.FindAsync(name, cancellationToken).ConfigureAwait(false);

        return found.Count <= 1
            ? found.SingleOrDefault()
            : throw TomoBackupException.Create(
                ErrorCode.WalConflict,
                $"WAL segment '{name}' has {found.Count} different contents in repository '{repository.Name}'",
                hint: "Two servers archive under one identity: a clone, or a primary that came back. Stop one of "
                    + "them.");
    }

    async Task<ManifestObject> CopyAsync(ArchivedFile file, CancellationToken cancellationToken)
    {
        var name = RepositoryLayout.BackupWalName(file.Key.Name);
        var source = await repository.Store.OpenAsync(file.Key, cancellationToken).ConfigureAwait(false)
            ?? throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged, $"'{file.Key}' was listed in repository '{repository.Name}' and is gone");

        await using var _ = source.ConfigureAwait(false);
        var target = await repository.Store.CreateAsync(new ObjectKey(prefix + name), cancellationToken)
            .ConfigureAwait(false);
        await using var __ = target.ConfigureAwait(false);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Math.Min(CopyBytes, source.Length)];

        for (var offset = 0L; offset < source.Length; offset += buffer.Length)
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, source.Length - offset));
            await source.ReadAsync(offset, piece, cancellationToken).ConfigureAwait(false);
            hash.AppendData(piece.Span);
            await target.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
        }

        await target.CommitAsync(cancellationToken).ConfigureAwait(false);
        return new ManifestObject(name, source.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    TomoBackupException NotArrived(string name, string last, TimeSpan limit)
        => TomoBackupException.Create(
            ErrorCode.TryAgain,
            $"WAL segment '{name}' did not arrive in repository '{repository.Name}' within {limit.TotalSeconds:0} s; "
                + $"the backup needs all up to '{last}'",
            hint: "Look at archive_command and the server's log; 'tomo-backup check' tries the whole way. The backup "
                + "was given up.");
}
