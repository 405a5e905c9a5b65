using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Verification;

/// <summary>
/// Holds the archive against the timelines' histories, which only a key opens: where one timeline left another, the
/// parent's WAL must reach that point, and the child's must begin there.
/// </summary>
sealed class ForkCheck(
    VerifyContext context, IReadOnlyList<ArchivedTimeline> timelines, Costs costs, WalSegmentSize size)
{
    public void Run(IReadOnlyDictionary<uint, TimelineHistory> histories)
    {
        foreach (var child in timelines)
            if (histories.TryGetValue(child.Timeline, out var history) && history.Switches is [.., var fork])
                Check(child, fork);
    }

    void Check(ArchivedTimeline child, TimelineSwitch fork)
    {
        var at = fork.SwitchLsn.Value / (ulong)size.Bytes;
        var parent = timelines.FirstOrDefault(t => t.Timeline == fork.ParentTimeline);

        // Where nothing of the parent is left, or only what came later, expiry may have taken all up to here.
        if (parent is null || parent.First >= at)
            return;

        if (parent.Last + 1 < at)
            Missing(parent.Timeline, parent.Last + 1, at - 1, child.Timeline);

        if (child.First > at)
            Missing(child.Timeline, at, child.First - 1, child.Timeline);
    }

    void Missing(uint timeline, ulong first, ulong last, uint child)
    {
        var cost = costs.OfSegments(timeline, first, last, size);
        var subject = RepositoryLayout.WalFile(context.Lineage.Id, cost.Wal!.First);

        if (!context.Findings.IsDamaged(subject))
            context.Findings.Damage(
                subject,
                $"WAL {cost.Wal} is missing in repository '{context.Repository.Name}': timeline {child} cannot be "
                    + "reached through it",
                cost);
    }
}
