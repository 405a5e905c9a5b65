using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>Checks the listing of the archive: no hole, no conflict, each timeline's history. Needs no key.</summary>
sealed class ArchiveCheck(VerifyContext context, Inventory inventory, IReadOnlyList<Manifest> backups, Costs costs)
{
    /// <summary>Holes up to this many segments are looked up one by one: a listing may lag behind a busy
    /// archiver.</summary>
    const ulong LookUpLimit = 64;

    readonly WalArchive _archive = new(context.Repository, context.Lineage.Id);

    /// <summary>The segment size, from a manifest or, where no backup was taken yet, from a segment's notes; null where
    /// there is neither.</summary>
    public async Task<WalSegmentSize?> FindSegmentSizeAsync(CancellationToken cancellationToken)
    {
        if (backups is [.., var newest])
            return new WalSegmentSize(newest.WalSegmentSize);

        foreach (var file in inventory.Wal.Where(f => WalName.IsSegment(f.Name)))
            if (await WalNote.TryReadAsync(context.Repository, file, cancellationToken).ConfigureAwait(false)
                is { Length: { } bytes }
                && WalSegmentSize.IsValid(bytes))
                return new WalSegmentSize((int)bytes);

        return null;
    }

    /// <summary>Checks the listing.</summary>
    public async Task RunAsync(
        IReadOnlyList<ArchivedTimeline> timelines, WalSegmentSize size, CancellationToken cancellationToken)
    {
        CheckConflicts(size);

        foreach (var timeline in timelines)
        {
            foreach (var (first, last) in timeline.Holes(LastKnown(timeline, size)))
                await CheckHoleAsync(timeline.Timeline, first, last, size, cancellationToken).ConfigureAwait(false);

            CheckHistory(timeline.Timeline);
            CheckBeginning(timeline, size);
        }
    }

    /// <summary>What a backup collected was archived once; and expiry takes the oldest first.</summary>
    ulong LastKnown(ArchivedTimeline timeline, WalSegmentSize size)
        => backups
            .Where(b => b.Timeline == timeline.Timeline)
            .Select(b => WalSegment.LastBefore(b.StopLsn, b.Timeline, size).Number)
            .Append(timeline.Last)
            .Max();

    void CheckConflicts(WalSegmentSize size)
    {
        var held = backups.SelectMany(b => b.Objects
            .Where(o => RepositoryLayout.TryWalName(o) is not null)
            .Select(o => new ObjectKey(RepositoryLayout.Backup(b.Lineage, b.Generation, b.Backup) + o.Name)));

        var contents = inventory.Wal.Concat(inventory.Histories).Select(f => f.Key).Concat(held)
            .Select(key => (Key: key, Content: RepositoryLayout.SplitContentName(key)))
            .Where(c => c.Content is not null)
            .GroupBy(c => c.Content!.Value.Name, StringComparer.Ordinal);

        foreach (var name in contents)
            if (name.Select(c => c.Content!.Value.ContentId).Distinct().Count() is > 1 and var count)
                foreach (var (key, _) in name)
                    context.Findings.Damage(
                        key.Value,
                        $"'{key}' is one of {count} different contents of WAL file '{name.Key}': two servers "
                            + "archived under one identity",
                        CostOf(name.Key, size));
    }

    async Task CheckHoleAsync(
        uint timeline, ulong first, ulong last, WalSegmentSize size, CancellationToken cancellationToken)
    {
        while (last - first < LookUpLimit && first <= last
            && await IsThereAsync(new WalSegment(timeline, first).Name(size), cancellationToken).ConfigureAwait(false))
            first++;

        if (first > last)
            return;

        var cost = costs.OfSegments(timeline, first, last, size);
        var subject = RepositoryLayout.WalFile(context.Lineage.Id, cost.Wal!.First);
        var sentence = $"WAL {cost.Wal} is missing in repository '{context.Repository.Name}', although later "
            + "segments were archived";

        if (backups.Any(b => b.Timeline <= timeline
            && WalSegment.Containing(b.StartLsn, b.Timeline, size).Number <= last))
            context.Findings.Damage(subject, sentence, cost);
        else
            context.Findings.Inform(subject, $"{sentence}; no backup begins before it");
    }

    async Task<bool> IsThereAsync(string name, CancellationToken cancellationToken)
        => (await _archive.FindAsync(name, cancellationToken).ConfigureAwait(false)).Count > 0;

    void CheckHistory(uint timeline)
    {
        var name = $"{timeline:X8}.history";

        if (timeline == 1 || inventory.Histories.Exists(f => f.Name == name))
            return;

        var subject = RepositoryLayout.HistoryFile(context.Lineage.Id, name);
        context.Findings.Damage(
            subject,
            $"history file '{name}' is missing in repository '{context.Repository.Name}', although WAL of its "
                + "timeline is archived: nothing can be recovered to this timeline",
            new Cost([.. backups.Where(b => b.Timeline <= timeline).Select(b => b.Backup)], null));
    }

    /// <summary>A backup whose WAL was expired behind it still restores to its own end; that must be meant.</summary>
    void CheckBeginning(ArchivedTimeline timeline, WalSegmentSize size)
    {
        foreach (var backup in backups.Where(b => b.Timeline == timeline.Timeline))
            if (WalSegment.LastBefore(backup.StopLsn, backup.Timeline, size).Number + 1 < timeline.First)
                context.Findings.Inform(
                    Catalog.KeyOf(backup).Value,
                    $"backup '{backup.Backup}' can be restored to its end only: archived WAL begins behind it");
            else if (WalSegment.Containing(backup.StartLsn, backup.Timeline, size).Number < timeline.First)
                context.Findings.Inform(
                    Catalog.KeyOf(backup).Value,
                    $"archived WAL begins within backup '{backup.Backup}', which holds what comes before");
    }

    Cost CostOf(string name, WalSegmentSize size)
        => WalFileName.TryParse(name, out var parsed) && parsed.TryGetSegment(size, out var segment)
            ? costs.OfSegments(segment.Timeline, segment.Number, segment.Number, size)
            : costs.Everything;
}
