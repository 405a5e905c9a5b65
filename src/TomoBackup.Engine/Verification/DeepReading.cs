using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Transfer;

namespace TomoBackup.Verification;

/// <summary>Reads every byte of backups and archive, several objects at a time, each of them once.</summary>
sealed class DeepReading(PackInspection packs, WalReading wal, int workers)
{
    /// <summary>Reads backups of one generation, which share packs.</summary>
    /// <param name="backups">Each with its objects, and the packs that it refers to, that are there with their length;
    /// what is not was reported. An object stands with the first backup only.</param>
    public async Task ReadGenerationAsync(
        IReadOnlyList<(Manifest Backup, IReadOnlyList<PresentObject> Present)> backups,
        Costs costs,
        CancellationToken cancellationToken)
    {
        var frames = new Dictionary<ObjectKey, PackFrames>();
        var readings = new List<(BackupReading Reading, PresentObject List)>();

        PackFrames FramesOf(ObjectKey key)
            => frames.TryGetValue(key, out var known) ? known : frames[key] = new PackFrames(key);

        foreach (var (backup, present) in backups)
        {
            var reading = new BackupReading(packs, backup, FramesOf);

            if (present.FirstOrDefault(o => o.Named.Name == RepositoryLayout.FileListName) is not { } list)
                continue;

            await reading.ReadListAsync(list, cancellationToken).ConfigureAwait(false);
            readings.Add((reading, list));
        }

        await ReadObjectsAsync(backups, costs, FramesOf, cancellationToken).ConfigureAwait(false);

        foreach (var (reading, list) in readings)
            await reading.JudgeAsync(list, cancellationToken).ConfigureAwait(false);

        // Damage of a pack is reported at the end, when the files that it costs are known.
        foreach (var pack in frames.Values)
            if (pack.Problem is { } problem)
                packs.Context.Findings.Damage(pack.Key.Value, problem + pack.Lost(), costs.OfObject(pack.Key));
    }

    Task ReadObjectsAsync(
        IReadOnlyList<(Manifest Backup, IReadOnlyList<PresentObject> Present)> backups,
        Costs costs,
        Func<ObjectKey, PackFrames> framesOf,
        CancellationToken cancellationToken)
    {
        var items = backups
            .SelectMany(b => b.Present.Select(o => (b.Backup, Object: o)))
            .Where(item => item.Object.Named.Name != RepositoryLayout.FileListName)
            .OrderByDescending(item => item.Object.Named.Length)
            .Select(item => (
                item.Backup,
                item.Object,
                Frames: RepositoryLayout.TryPackNumber(item.Object.Named.Name) is null
                    ? null
                    : framesOf(item.Object.Key)))
            .ToList();

        return RunAsync(
            items,
            async (buffer, item, stop) =>
            {
                var (backup, (key, named), frames) = item;

                if (frames is not null)
                    frames.Problem = await packs.ProblemAsync(
                        key,
                        PackKind.Data,
                        named.Sha256,
                        reader => frames.ReadAsync(reader, buffer, stop),
                        stop).ConfigureAwait(false);
                else if (named.Name == RepositoryLayout.ClusterName)
                    await ReadClusterAsync(key, named, backup, stop).ConfigureAwait(false);
                else
                    await wal.ReadAsync(key, named.Sha256, costs.OfObject(key), buffer, stop).ConfigureAwait(false);
            },
            cancellationToken);
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
