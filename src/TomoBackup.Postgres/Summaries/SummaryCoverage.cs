using TomoBackup.Postgres.Wal;

namespace TomoBackup.Postgres.Summaries;

/// <summary>Chooses the summaries that together speak of a span of WAL without a gap, or names the first gap.
/// Pure.</summary>
public static class SummaryCoverage
{
    /// <summary>The summaries of a span, in the order of its WAL.</summary>
    /// <param name="available">What lies there, in any order.</param>
    /// <param name="history">Of the timeline on which the span ends.</param>
    /// <param name="from">The first position.</param>
    /// <param name="until">The position behind the last one.</param>
    /// <param name="gap">The first position that no summary speaks of; null where there is none.</param>
    public static IReadOnlyList<WalSummaryName> Choose(
        IEnumerable<WalSummaryName> available, TimelineHistory history, Lsn from, Lsn until, out Lsn? gap)
    {
        var byTimeline = available
            .GroupBy(summary => summary.Timeline)
            .ToDictionary(group => group.Key, group => group.OrderBy(summary => summary.Start.Value).ToList());

        var chosen = new List<WalSummaryName>();
        var covered = from;

        while (covered < until)
        {
            var timeline = history.TimelineAt(covered);

            // Of those that begin in time, the one that reaches furthest; a summary never reaches into another
            // timeline.
            var best = byTimeline.GetValueOrDefault(timeline)?
                .Where(summary => summary.Start <= covered && summary.End > covered)
                .OrderByDescending(summary => summary.End.Value)
                .Cast<WalSummaryName?>()
                .FirstOrDefault();

            if (best is not { } summary)
            {
                gap = covered;
                return chosen;
            }

            chosen.Add(summary);
            covered = EndOn(history, timeline, summary.End);
        }

        gap = null;
        return chosen;
    }

    /// <summary>A summary of a timeline that was left may speak of WAL behind the fork: that WAL is not of this
    /// history.</summary>
    static Lsn EndOn(TimelineHistory history, uint timeline, Lsn end)
        => history.EndOf(timeline) is { } left && left < end ? left : end;
}
