using System.Text;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Retention;

/// <summary>What one listing of a repository showed of a lineage. Memory grows with the number of backups and of WAL
/// segments (40 bytes each), never with their bytes.</summary>
sealed record SurveyedRepository
{
    /// <summary>See <see cref="RetentionScene"/>; so for the next ones.</summary>
    public required IReadOnlyList<KnownBackup> Backups { get; init; }

    public required IReadOnlyList<UnfinishedBackup> Unfinished { get; init; }

    public required IReadOnlyList<ArchivedWal> Archive { get; init; }

    public required IReadOnlyDictionary<uint, TimelineHistory> Histories { get; init; }

    public required IReadOnlyList<Announcement> Announcements { get; init; }

    public required WalSegmentSize SegmentSize { get; init; }

    /// <summary>The texts of the histories by their object's name.</summary>
    public required IReadOnlyDictionary<string, string> HistoryTexts { get; init; }

    /// <summary>The latest time that anything of it speaks of; null where it is empty.</summary>
    public required DateTimeOffset? NewestSeen { get; init; }

    /// <summary>When backups ended and objects were stored, as far as it speaks of that.</summary>
    public IEnumerable<DateTimeOffset> Moments =>
    [
        .. Backups.Select(backup => backup.Stopped),
        .. Unfinished.Select(folder => folder.Stored),
        .. Archive.SelectMany(timeline => timeline.Segments).Select(segment => segment.Stored),
    ];

    /// <summary>What could not be understood: one sentence each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>Takes one listing of what retention may touch, and reads manifests, histories, leases and
/// intents.</summary>
/// <param name="known">Texts of histories that an earlier run read, by their object's name.</param>
sealed class RepositorySurvey(
    Repository repository,
    Lineage lineage,
    IEpochKeys keys,
    IReadOnlyDictionary<string, string> known,
    TimeProvider time)
{
    readonly List<string> _problems = [];
    DateTimeOffset? _newest;

    /// <summary>Looks. Announcements come last, so that they are as fresh as can be.</summary>
    public async Task<SurveyedRepository> ReadAsync(CancellationToken cancellationToken)
    {
        var reader = new BackupFolders(repository, lineage, Note, _problems);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var size = reader.SegmentSize ?? WalSegmentSize.Default;
        var archive = await ReadArchiveAsync(size, cancellationToken).ConfigureAwait(false);
        var (histories, texts) = await ReadHistoriesAsync(cancellationToken).ConfigureAwait(false);

        return new SurveyedRepository
        {
            Backups = reader.Backups,
            Unfinished = reader.Unfinished,
            Archive = archive,
            Histories = histories,
            HistoryTexts = texts,
            SegmentSize = size,
            NewestSeen = _newest,
            Announcements = await ReadAnnouncementsAsync(cancellationToken).ConfigureAwait(false),
            Problems = _problems,
        };
    }

    async Task<IReadOnlyList<ArchivedWal>> ReadArchiveAsync(WalSegmentSize size, CancellationToken cancellationToken)
    {
        var timelines = new SortedDictionary<uint, List<StoredSegment>>();

        await foreach (var entry in repository.Store.ListAsync(RepositoryLayout.WalRoot(lineage.Id), cancellationToken)
            .ConfigureAwait(false))
        {
            if (WalObject.TryParse(lineage.Id, entry.Key, size) is not { } named)
                continue;

            Note(entry.Modified);

            if (!timelines.TryGetValue(named.Segment.Timeline, out var segments))
                timelines[named.Segment.Timeline] = segments = [];

            var stored = new StoredSegment(
                named.Segment.Number, entry.Modified, named.CanBeReplayed, 1, entry.Length);

            // Keys are listed in their order, so the objects of a segment follow one another.
            if (segments is [.., var last] && last.Number == stored.Number)
                segments[^1] = Join(last, stored);
            else
                segments.Add(stored);
        }

        return [.. timelines.Select(t => new ArchivedWal(t.Key, t.Value))];
    }

    static StoredSegment Join(StoredSegment one, StoredSegment other) => new(
        one.Number,
        one.Stored > other.Stored ? one.Stored : other.Stored,
        one.CanBeReplayed || other.CanBeReplayed,
        one.Objects + other.Objects,
        one.Bytes + other.Bytes);

    async Task<(IReadOnlyDictionary<uint, TimelineHistory>, IReadOnlyDictionary<string, string>)> ReadHistoriesAsync(
        CancellationToken cancellationToken)
    {
        var archive = new WalArchive(repository, lineage.Id);
        var histories = new Dictionary<uint, TimelineHistory>();
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var doubtful = new HashSet<uint>();

        foreach (var file in await archive.ListHistoriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!WalFileName.TryParse(file.Name, out var name))
                continue;

            try
            {
                var text = known.TryGetValue(file.Key.Name, out var remembered)
                    ? remembered
                    : Encoding.UTF8.GetString(await archive
                        .ReadHistoryAsync(file, keys, lineage.IdEpoch, cancellationToken).ConfigureAwait(false));

                if (!histories.TryAdd(name.Timeline, TimelineHistory.Parse(name.Timeline, text)))
                    doubtful.Add(name.Timeline);

                texts[file.Key.Name] = text;
            }
            catch (Exception e) when (e is TomoBackupException or CodecException or PostgresFormatException)
            {
                // Without it nothing is removed: what a timeline needs is not known.
                doubtful.Add(name.Timeline);
                _problems.Add($"'{file.Key}' in repository '{repository.Name}' cannot be read: {e.Message}");
            }
        }

        foreach (var timeline in doubtful)
            histories.Remove(timeline);

        return (histories, texts);
    }

    /// <summary>Runs of this very verb are kept apart by <see cref="ExpireOperation"/>, and need nothing to stay.
    /// </summary>
    async Task<IReadOnlyList<Announcement>> ReadAnnouncementsAsync(CancellationToken cancellationToken)
    {
        var leases = await Lease.ActiveAsync(repository, lineage, time, cancellationToken).ConfigureAwait(false);
        var intents = await IntentBook.ActiveAsync(repository, lineage, time.GetUtcNow(), cancellationToken)
            .ConfigureAwait(false);

        return
        [
            .. leases.Where(l => l.Verb != ExpireOperation.Verb)
                .Select(l => new Announcement(l.Verb, l.Host, l.Since, l.Until, l.Subject, null)),
            .. intents.Select(i => new Announcement(i.Verb, i.Host, i.Since, i.Until, i.Subject, i.Reason)),
        ];
    }

    void Note(DateTimeOffset moment) => _newest = _newest is { } known && known > moment ? known : moment;
}
