using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Restores;

/// <summary>Turns a plan into the session that <c>wal get</c> works by.</summary>
static class SessionPlan
{
    /// <summary>Gathers segments, and the keys of the epochs that they are encrypted under.</summary>
    public static async Task<RecoverySession> MakeAsync(
        RestoreSources sources, RestorePlan plan, CancellationToken cancellationToken)
    {
        var backup = plan.Backup;
        var size = new WalSegmentSize(backup.WalSegmentSize);
        var epochs = new HashSet<EpochId> { sources.Lineage.IdEpoch };

        foreach (var segment in plan.Wal)
            epochs.Add(await EpochOfAsync(sources, segment.File, cancellationToken).ConfigureAwait(false));

        // History files are asked for at every recovery, whichever epoch they are of.
        foreach (var history in await new WalArchive(sources.Repository, sources.Lineage.Id)
            .ListHistoriesAsync(cancellationToken).ConfigureAwait(false))
            epochs.Add(await EpochOfAsync(sources, history, cancellationToken).ConfigureAwait(false));

        var keys = new List<SessionKey>();

        foreach (var epoch in epochs)
            keys.Add(new SessionKey(
                epoch, (await sources.Keys.GetAsync(epoch, cancellationToken).ConfigureAwait(false)).Bytes.ToArray()));

        return new RecoverySession
        {
            Repository = sources.Repository.Name,
            Address = sources.Repository.Store.Address,
            RepositoryId = sources.Repository.Id,
            Lineage = sources.Lineage.Id,
            IdEpoch = sources.Lineage.IdEpoch,
            SegmentSize = backup.WalSegmentSize,
            Held =
            [
                new SegmentRange(
                    backup.Timeline,
                    WalSegment.Containing(backup.StartLsn, backup.Timeline, size).Number,
                    WalSegment.LastBefore(backup.StopLsn, backup.Timeline, size).Number),
            ],
            Planned = Ranges(plan.Wal),
            Partial = [.. plan.Wal.Where(s => s.IsPartial).Select(s => s.Segment.Name(size))],
            Keys = keys,
        };
    }

    static List<SegmentRange> Ranges(IReadOnlyList<ChainSegment> segments)
    {
        var ranges = new List<SegmentRange>();

        foreach (var (segment, _) in segments)
            if (ranges.Count > 0 && ranges[^1] is var last
                && last.Timeline == segment.Timeline && last.Last + 1 == segment.Number)
                ranges[^1] = last with { Last = segment.Number };
            else
                ranges.Add(new SegmentRange(segment.Timeline, segment.Number, segment.Number));

        return ranges;
    }

    static async Task<EpochId> EpochOfAsync(
        RestoreSources sources, ArchivedFile file, CancellationToken cancellationToken)
        => (await PackObjectReader.ReadHeaderAsync(sources.Repository.Store, file.Key, cancellationToken)
            .ConfigureAwait(false))?.Scope.Epoch
            ?? throw TomoBackupException.Create(
                ErrorCode.RepositoryDamaged,
                $"'{file.Key}' was listed in repository '{sources.Repository.Name}' and is gone");
}
