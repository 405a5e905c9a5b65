using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Restores;

/// <summary>What a repository offers for a restore: read once, so that a plan speaks of one moment.</summary>
sealed class RestoreSources(
    Repository repository,
    Lineage lineage,
    IEpochKeys keys,
    Catalog catalog,
    ILookup<string, ArchivedFile> archive,
    IReadOnlyDictionary<uint, TimelineHistory> histories)
{
    readonly WalArchive _wal = new(repository, lineage.Id);

    public Repository Repository => repository;

    public Lineage Lineage => lineage;

    public IEpochKeys Keys => keys;

    public Catalog Catalog => catalog;

    /// <summary>All archived WAL by name.</summary>
    public ILookup<string, ArchivedFile> Archive => archive;

    /// <summary>Reads listings and history files.</summary>
    public static async Task<RestoreSources> ReadAsync(
        Repository repository, Lineage lineage, IEpochKeys keys, CancellationToken cancellationToken)
    {
        var wal = new WalArchive(repository, lineage.Id);
        var catalog = await Catalog.ReadAsync(repository, lineage, cancellationToken).ConfigureAwait(false);
        var files = await wal.ListAsync(cancellationToken).ConfigureAwait(false);
        var histories = new Dictionary<uint, TimelineHistory>();

        foreach (var file in await wal.ListHistoriesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!WalFileName.TryParse(file.Name, out var name))
                continue;

            var text = await wal.ReadHistoryAsync(file, keys, lineage.IdEpoch, cancellationToken).ConfigureAwait(false);

            var history = TimelineHistory.Parse(name.Timeline, System.Text.Encoding.UTF8.GetString(text));

            if (!histories.TryAdd(name.Timeline, history))
                throw TomoBackupException.Create(
                    ErrorCode.WalConflict,
                    $"history file '{file.Name}' has different contents in repository '{repository.Name}'",
                    hint: "Two servers were promoted to the same timeline. A person has to say which one is true.");
        }

        return new RestoreSources(repository, lineage, keys, catalog, files.ToLookup(f => f.Name), histories);
    }

    /// <summary>The newest timeline that anything in the repository speaks of.</summary>
    public uint NewestTimeline()
        => archive.Select(g => WalFileName.TryParse(g.Key, out var name) ? name.Timeline : 0)
            .Concat(histories.Keys)
            .Concat(catalog.Backups.Select(b => b.Timeline))
            .DefaultIfEmpty(1u)
            .Max();

    /// <summary>The way to a timeline; a timeline above 1 without its history file cannot be followed.</summary>
    public TimelinePath PathTo(uint timeline)
    {
        if (histories.TryGetValue(timeline, out var history))
            return new TimelinePath(history);

        return timeline == 1
            ? new TimelinePath(TimelineHistory.WithoutAncestors(1))
            : throw TomoBackupException.Create(
                ErrorCode.TargetUnreachable,
                $"the history file of timeline {timeline} is not in repository '{repository.Name}'",
                hint: "Choose another timeline with '--timeline'; 1 is the cluster's first.");
    }

    /// <summary>Reads the notes of a segment. They become authentic when the segment itself is read.</summary>
    public async Task<WalNote> ReadNoteAsync(ChainSegment segment, CancellationToken cancellationToken)
    {
        var header = await PackObjectReader.ReadHeaderAsync(repository.Store, segment.File.Key, cancellationToken)
            .ConfigureAwait(false)
            ?? throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"'{segment.File.Key}' was listed in repository '{repository.Name}' and is gone");

        return WalNote.Parse(header.PublicNote.Span) ?? throw TomoBackupException.Create(
            ErrorCode.RepositoryDamaged,
            $"the note of '{segment.File.Key}' in repository '{repository.Name}' cannot be read",
            hint: "Run 'tomo-backup verify --deep' to see what else is affected.");
    }

    /// <summary>Reads a whole segment, authentic.</summary>
    public Task<byte[]> ReadAsync(ChainSegment segment, CancellationToken cancellationToken)
        => _wal.ReadAsync(segment.File, keys, cancellationToken);
}
