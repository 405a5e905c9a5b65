using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Measurements;

/// <summary>Looks at what a repository holds of a cluster: two listings, every manifest, a few headers. Needs no key;
/// with one it reads where timelines forked instead of guessing it.</summary>
sealed class RepositorySurvey(Repository repository, Lineage lineage, IEpochKeys keys)
{
    /// <summary>Looks.</summary>
    public async Task<RepositoryContents> RunAsync(CancellationToken cancellationToken)
    {
        var catalog = await Catalog.ReadAsync(repository, lineage, cancellationToken).ConfigureAwait(false);
        var (files, arrivals) = await ListAsync(cancellationToken).ConfigureAwait(false);
        var size = await FindSegmentSizeAsync(catalog, files, cancellationToken).ConfigureAwait(false);
        var conflicts = files.GroupBy(f => f.Name, StringComparer.Ordinal)
            .Where(group => group.Select(f => f.ContentId).Distinct().Skip(1).Any())
            .Select(group => group.Key)
            .Order(StringComparer.Ordinal);

        var (map, last) = size is { } known
            ? await DrawAsync(catalog, files, arrivals, known, cancellationToken).ConfigureAwait(false)
            : (RecoveryMap.Empty, null);

        return new RepositoryContents
        {
            Backups = catalog.Backups,
            Problems = catalog.Problems,
            Map = map,
            Wal = arrivals,
            Conflicts = [.. conflicts],
            Last = last,
        };
    }

    async Task<(List<ArchivedFile> Files, Dictionary<string, ArrivedWal> Arrivals)> ListAsync(
        CancellationToken cancellationToken)
    {
        var files = new List<ArchivedFile>();
        var arrivals = new Dictionary<string, ArrivedWal>(StringComparer.Ordinal);

        foreach (var prefix in new[] { RepositoryLayout.WalRoot(lineage.Id), RepositoryLayout.Histories(lineage.Id) })
            await foreach (var entry in repository.Store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
                if (RepositoryLayout.SplitContentName(entry.Key) is var (name, contentId))
                {
                    files.Add(new ArchivedFile(name, contentId, entry.Key, entry.Length));
                    arrivals.TryAdd(name, new ArrivedWal(entry.Modified, entry.Length));
                }

        return (files, arrivals);
    }

    /// <summary>From a manifest or, where no backup was taken yet, from a segment's notes; null where there is
    /// neither.</summary>
    async Task<WalSegmentSize?> FindSegmentSizeAsync(
        Catalog catalog, List<ArchivedFile> files, CancellationToken cancellationToken)
    {
        if (catalog.Backups is [.., var newest])
            return new WalSegmentSize(newest.WalSegmentSize);

        foreach (var file in files.Where(f => WalName.IsSegment(f.Name)).Take(3))
            if (await WalNote.TryReadAsync(repository, file, cancellationToken).ConfigureAwait(false)
                is { Length: { } bytes }
                && WalSegmentSize.IsValid(bytes))
                return new WalSegmentSize((int)bytes);

        return null;
    }

    async Task<(RecoveryMap Map, LastSegment? Last)> DrawAsync(
        Catalog catalog,
        List<ArchivedFile> files,
        Dictionary<string, ArrivedWal> arrivals,
        WalSegmentSize size,
        CancellationToken cancellationToken)
    {
        var archives = SegmentArchive.Of(files, size);
        var histories = await ReadHistoriesAsync(cancellationToken).ConfigureAwait(false);
        var forks = SegmentForks.Of(archives, histories, size);
        var survey = new RecoverySurvey(repository, size);
        var map = await survey
            .RunAsync(SegmentLine.Follow(archives, forks, catalog.Backups, size), cancellationToken)
            .ConfigureAwait(false);

        if (archives.Count == 0)
            return (map, null);

        var (timeline, newest) = archives.MaxBy(a => a.Key);
        var file = newest.Find(newest.Last)!;
        var note = await WalNote.TryReadAsync(repository, file, cancellationToken).ConfigureAwait(false);
        var commit = await survey.LastCommitAsync(newest, newest.First, newest.Last, cancellationToken)
            .ConfigureAwait(false);

        return (map, new LastSegment(
            file.Name, newest.Last, arrivals[file.Name].At,
            note?.End is { Value: > 0 } end ? end : new WalSegment(timeline, newest.Last).End(size), commit));
    }

    /// <summary>Those that can be opened here; a map without them says that it guesses.</summary>
    async Task<Dictionary<uint, TimelineHistory>> ReadHistoriesAsync(CancellationToken cancellationToken)
    {
        var archive = new WalArchive(repository, lineage.Id);
        var histories = new Dictionary<uint, TimelineHistory>();

        foreach (var file in await archive.ListHistoriesAsync(cancellationToken).ConfigureAwait(false))
            if (WalFileName.TryParse(file.Name, out var name))
                try
                {
                    var text = await archive.ReadHistoryAsync(file, keys, lineage.IdEpoch, cancellationToken)
                        .ConfigureAwait(false);
                    histories.TryAdd(
                        name.Timeline,
                        TimelineHistory.Parse(name.Timeline, System.Text.Encoding.UTF8.GetString(text)));
                }
                catch (Exception e) when (e is TomoBackupException or CodecException or PostgresFormatException)
                {
                    // No key here, or a damaged one: 'verify' says so; the names of segments say nearly as much.
                }

        return histories;
    }
}
