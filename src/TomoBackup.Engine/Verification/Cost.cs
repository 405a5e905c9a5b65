using TomoBackup.Codecs;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Verification;

/// <summary>What damage takes away.</summary>
/// <param name="Backups">Ids of backups.</param>
/// <param name="Wal">Archived WAL, or null.</param>
sealed record Cost(IReadOnlyList<string> Backups, WalRange? Wal)
{
    public static Cost Nothing { get; } = new([], null);

    public static Cost Of(Manifest backup) => new([backup.Backup], null);
}

/// <summary>Says what damage costs, from the authentic manifests. Pure.</summary>
sealed class Costs(IReadOnlyList<Manifest> backups)
{
    ILookup<string, string>? _byObject;

    /// <summary>What no reader can do without.</summary>
    public Cost Everything { get; } = new([.. backups.Select(b => b.Backup)], null);

    /// <summary>The backups that name an object: its own, and those that take frames from it.</summary>
    public Cost OfObject(ObjectKey key)
    {
        _byObject ??= backups
            .SelectMany(b => b.Objects.Select(o => (b.Backup, o.Name))
                .Concat(b.References.Select(r => (r.Backup, r.Name)))
                .Select(place => (
                    Key: RepositoryLayout.Backup(b.Lineage, b.Generation, place.Backup) + place.Name, b.Backup)))
            .ToLookup(pair => pair.Key, pair => pair.Backup, StringComparer.Ordinal);

        return new Cost([.. _byObject[key.Value].Distinct(StringComparer.Ordinal)], null);
    }

    public Cost OfEpoch(EpochId epoch) => new([.. backups.Where(b => b.Epoch == epoch).Select(b => b.Backup)], null);

    /// <summary>
    /// The backups that cannot be rolled forward beyond a segment without it: those that begin before it and do not
    /// hold it themselves. A later timeline may have left theirs before it; that is not looked at here.
    /// </summary>
    public Cost OfSegments(uint timeline, ulong first, ulong last, WalSegmentSize size)
    {
        bool Needs(Manifest backup)
        {
            var start = WalSegment.Containing(backup.StartLsn, backup.Timeline, size).Number;
            var held = WalSegment.LastBefore(backup.StopLsn, backup.Timeline, size).Number;
            var holdsIt = backup.Timeline == timeline && start <= first && last <= held;
            return backup.Timeline <= timeline && start <= last && !holdsIt;
        }

        return new Cost(
            [.. backups.Where(Needs).Select(b => b.Backup)],
            new WalRange(
                timeline, new WalSegment(timeline, first).Name(size), new WalSegment(timeline, last).Name(size)));
    }
}
