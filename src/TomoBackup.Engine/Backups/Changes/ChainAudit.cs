using System.Collections.Concurrent;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Pages;
using TomoBackup.Postgres.Summaries;
using TomoBackup.Repositories;
using TomoBackup.Repositories.FileList;
using TomoBackup.Storage;
using TomoBackup.Transfer;

namespace TomoBackup.Backups.Changes;

/// <summary>
/// Compares what a restore of a backup would write with the files of the running cluster, page by page: the cross-check
/// against a summary, or a rule of ours, that missed a change. A page that is newer than the backup's start comes back
/// with WAL and proves nothing; every other page must be equal.
/// </summary>
/// <param name="root">The data directory.</param>
/// <param name="start">Where the backup started.</param>
/// <param name="pagesTell">True where no page changes without a new position: with page checksums.</param>
sealed class ChainAudit(IFileSystem files, TimeProvider time, string root, Lsn start, bool pagesTell)
{
    /// <summary>A page may be half written at the moment it is read.</summary>
    const int Rereads = 5;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    readonly ConcurrentBag<DamagedFile> _differences = [];
    long _pages;
    long _newer;
    long _hints;

    /// <summary>Compares all relation files.</summary>
    /// <param name="manifest">The backup; it need not be published.</param>
    public async Task<AuditReport> RunAsync(
        BackupContents contents, Manifest manifest, int workers, CancellationToken cancellationToken)
    {
        var lines = new List<FileListLine>();

        await foreach (var line in contents.ReadFilesAsync(cancellationToken).ConfigureAwait(false))
            if (line.Type == FileListLine.File && line.Size > 0
                && RelationForkId.TryParse(line.Path, out var id, out _) && id.Fork == RelationFork.Main)
                lines.Add(line);

        await WorkCrew.RunAsync(
            lines.OrderByDescending(line => line.Size),
            workers,
            _ => new StoredFileReader(contents, manifest),
            (reader, line, stop) => CompareAsync(reader, line, manifest.BlockSize, stop),
            static (_, _) => ValueTask.CompletedTask,
            cancellationToken).ConfigureAwait(false);

        return new AuditReport(
            _pages, _newer, _hints, [.. _differences.OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    async ValueTask CompareAsync(
        StoredFileReader reader, FileListLine line, int blockBytes, CancellationToken cancellationToken)
    {
        using var file = files.OpenRead($"{root}/{line.Path}");

        // Dropped meanwhile: replay drops it again.
        if (file is null)
            return;

        var different = new List<uint>();
        var live = new byte[BlockMap.FrameBytes];

        await reader.ReadAsync(
            line,
            (offset, stored) =>
            {
                var there = file.Read(offset, live.AsSpan(0, Math.Min(live.Length, stored.Length)));

                for (var at = 0; at + blockBytes <= Math.Min(there, stored.Length); at += blockBytes)
                    if (!IsExplained(file, offset + at, live.AsSpan(at, blockBytes), stored.Slice(at, blockBytes)))
                        different.Add((uint)((offset + at) / blockBytes));
            },
            cancellationToken).ConfigureAwait(false);

        different.Sort();

        if (different.Count > 0)
            _differences.Add(new DamagedFile(line.Path!, different));
    }

    bool IsExplained(IFileReader file, long offset, Span<byte> live, ReadOnlySpan<byte> stored)
    {
        Interlocked.Increment(ref _pages);

        for (var i = 0; ; i++)
        {
            if (stored.SequenceEqual(live))
                return true;

            if (((ReadOnlySpan<byte>)live).PageLsn >= start)
            {
                Interlocked.Increment(ref _newer);
                return true;
            }

            if (i == Rereads)
                break;

            Task.Delay(Pause, time).Wait();

            // Cut off meanwhile: replay cuts it again.
            if (file.Read(offset, live) < live.Length)
                return true;
        }

        if (pagesTell || ((ReadOnlySpan<byte>)live).PageLsn != stored.PageLsn)
            return false;

        Interlocked.Increment(ref _hints);
        return true;
    }
}

/// <summary>What an audit found.</summary>
/// <param name="Pages">Pages compared.</param>
/// <param name="Newer">Of these, changed since the backup began: they come back with WAL and prove nothing.</param>
/// <param name="WithoutWal">Of these, different with the same position: without page checksums PostgreSQL sets hint
/// bits so, and nothing can be said of them.</param>
/// <param name="Differences">Blocks that a restore would bring back as they are not, by file.</param>
public sealed record AuditReport(
    long Pages, long Newer, long WithoutWal, IReadOnlyList<DamagedFile> Differences);
