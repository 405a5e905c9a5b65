using TomoBackup.Codecs;
using TomoBackup.Operations;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Retention;

/// <summary>
/// Removes what two plans agree on: manifests first, the newest before those it is built on, so that at no moment a
/// manifest names what is gone; then their objects; then WAL, the oldest first. Killed anywhere, it leaves folders
/// without a manifest, which a later run clears away.
/// </summary>
sealed class Sweep(Repository repository, LineageId lineage, IProgress<OperationProgress> progress)
{
    /// <summary>What was removed until now.</summary>
    public Removal Removed { get; private set; } = Removal.Nothing;

    /// <summary>Removes.</summary>
    /// <param name="first">The plan that was shown.</param>
    /// <param name="second">One of a later listing.</param>
    public async Task RunAsync(RetentionPlan first, RetentionPlan second, CancellationToken cancellationToken)
    {
        var backups = Agreed(first, second);
        var folders = AgreedFolders(first, second);

        foreach (var backup in backups.AsEnumerable().Reverse())
            await DeleteAsync(
                new ObjectKey(FolderOf(backup.Generation, backup.Id) + RepositoryLayout.ManifestName), 0,
                cancellationToken).ConfigureAwait(false);

        foreach (var backup in backups)
        {
            await ClearAsync(FolderOf(backup.Generation, backup.Id), cancellationToken).ConfigureAwait(false);
            Removed = Removed with { Backups = Removed.Backups + 1 };
        }

        foreach (var folder in folders)
        {
            await ClearAsync(FolderOf(folder.Generation, folder.Id), cancellationToken).ConfigureAwait(false);
            Removed = Removed with { Unfinished = Removed.Unfinished + 1 };
        }

        foreach (var timeline in first.Wal.Where(w => w.Fate == Fate.Goes).Select(w => w.Timeline).Distinct())
            await ClearWalAsync(first, second, timeline, cancellationToken).ConfigureAwait(false);
    }

    static List<KnownBackup> Agreed(RetentionPlan first, RetentionPlan second)
    {
        var going = first.Backups.Where(b => b.Fate == Fate.Goes).Select(b => b.Backup.Id)
            .ToHashSet(StringComparer.Ordinal);

        return [.. second.Backups.Where(b => b.Fate == Fate.Goes && going.Contains(b.Backup.Id)).Select(b => b.Backup)];
    }

    static List<UnfinishedBackup> AgreedFolders(RetentionPlan first, RetentionPlan second)
    {
        var going = first.Unfinished.Where(u => u.Fate == Fate.Goes).Select(u => (u.Folder.Generation, u.Folder.Id))
            .ToHashSet();

        return [.. second.Unfinished
            .Where(u => u.Fate == Fate.Goes && going.Contains((u.Folder.Generation, u.Folder.Id)))
            .Select(u => u.Folder)];
    }

    /// <summary>A manifest that appeared meanwhile makes it a backup, which stays.</summary>
    async Task ClearAsync(string folder, CancellationToken cancellationToken)
    {
        var entries = new List<ObjectEntry>();

        await foreach (var entry in repository.Store.ListAsync(folder, cancellationToken).ConfigureAwait(false))
            entries.Add(entry);

        if (entries.Any(e => e.Key.Value == folder + RepositoryLayout.ManifestName))
            return;

        foreach (var entry in entries)
            await DeleteAsync(entry.Key, entry.Length, cancellationToken).ConfigureAwait(false);
    }

    async Task ClearWalAsync(
        RetentionPlan first, RetentionPlan second, uint timeline, CancellationToken cancellationToken)
    {
        var spans = Spans(first, timeline);
        var again = Spans(second, timeline);
        WalSegment? last = null;

        await foreach (var entry in repository.Store.ListAsync(RepositoryLayout.Wal(lineage, timeline), cancellationToken)
            .ConfigureAwait(false))
        {
            // What was stored since the first listing, nobody has judged.
            if (entry.Modified > first.Now
                || WalObject.TryParse(lineage, entry.Key, first.SegmentSize) is not { Segment: var segment }
                || !spans.Any(s => s.Contains(timeline, segment.Number))
                || !again.Any(s => s.Contains(timeline, segment.Number)))
                continue;

            await DeleteAsync(entry.Key, entry.Length, cancellationToken).ConfigureAwait(false);

            if (segment != last)
                Removed = Removed with { Segments = Removed.Segments + 1 };

            last = segment;
        }
    }

    static List<SegmentSpan> Spans(RetentionPlan plan, uint timeline)
        => [.. plan.Wal.Where(w => w.Timeline == timeline && w.Fate == Fate.Goes)
            .Select(w => new SegmentSpan(timeline, w.First, w.Last))];

    async Task DeleteAsync(ObjectKey key, long bytes, CancellationToken cancellationToken)
    {
        await repository.Store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        Removed = Removed with { Objects = Removed.Objects + 1, Bytes = Removed.Bytes + bytes };
        progress.Report(new OperationProgress("removing", Removed.Bytes, null));
    }

    string FolderOf(string generation, string backup) => RepositoryLayout.Backup(lineage, generation, backup);
}
