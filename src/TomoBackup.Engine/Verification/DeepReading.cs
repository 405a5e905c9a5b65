using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Transfer;

namespace TomoBackup.Verification;

/// <summary>Reads every byte of backups and archive, several objects at a time, each of them once.</summary>
sealed class DeepReading(PackInspection packs, WalReading wal, int workers)
{
    /// <summary>Reads a backup.</summary>
    /// <param name="present">Its objects that are there with their length; what is not was reported.</param>
    public async Task ReadBackupAsync(
        Manifest backup, IReadOnlyList<ManifestObject> present, CancellationToken cancellationToken)
    {
        var folder = RepositoryLayout.Backup(backup.Lineage, backup.Generation, backup.Backup);
        var reading = new BackupReading(packs, backup);
        var list = present.FirstOrDefault(o => o.Name == RepositoryLayout.FileListName);

        if (list is not null)
            await reading.ReadListAsync(list, cancellationToken).ConfigureAwait(false);

        ValueTask ReadAsync(FrameBuffer buffer, ManifestObject item, CancellationToken stop)
        {
            var key = new ObjectKey(folder + item.Name);

            if (RepositoryLayout.TryPackNumber(item.Name) is { } number)
                return reading.ReadPackAsync(item, number, buffer, stop);

            return item.Name == RepositoryLayout.ClusterName
                ? ReadClusterAsync(key, item, backup, stop)
                : wal.ReadAsync(key, item.Sha256, Cost.Of(backup), buffer, stop);
        }

        await RunAsync(present.Where(o => o != list).OrderByDescending(o => o.Length), ReadAsync, cancellationToken)
            .ConfigureAwait(false);

        if (list is not null)
            await reading.JudgeAsync(list, cancellationToken).ConfigureAwait(false);

        reading.ReportPacks();
    }

    /// <summary>Reads the archive.</summary>
    public Task ReadArchiveAsync(
        IEnumerable<ArchivedFile> files, Costs costs, WalSegmentSize? size, CancellationToken cancellationToken)
    {
        Cost CostOf(ArchivedFile file)
            => size is { } known && WalFileName.TryParse(file.Name, out var name)
                && name.TryGetSegment(known, out var segment)
                ? costs.OfSegments(segment.Timeline, segment.Number, segment.Number, known)
                : costs.Everything;

        return RunAsync(
            files,
            (buffer, file, stop) => wal.ReadAsync(file.Key, null, CostOf(file), buffer, stop),
            cancellationToken);
    }

    async ValueTask ReadClusterAsync(
        ObjectKey key, ManifestObject item, Manifest backup, CancellationToken cancellationToken)
        => await packs.InspectAsync(
            key,
            PackKind.Cluster,
            item.Sha256,
            Cost.Of(backup),
            pack => DocumentReading.CheckClusterAsync(pack, backup, cancellationToken),
            cancellationToken).ConfigureAwait(false);

    Task RunAsync<TItem>(
        IEnumerable<TItem> items,
        Func<FrameBuffer, TItem, CancellationToken, ValueTask> work,
        CancellationToken cancellationToken)
        => WorkCrew.RunAsync(
            items,
            workers,
            _ => new Reader(),
            (reader, item, stop) => work(reader.Buffer, item, stop),
            (_, _) => ValueTask.CompletedTask,
            cancellationToken);

    sealed class Reader : IAsyncDisposable
    {
        public FrameBuffer Buffer { get; } = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
