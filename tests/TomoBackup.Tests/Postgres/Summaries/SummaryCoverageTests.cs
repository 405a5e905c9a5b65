using CsCheck;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Summaries;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Tests.Postgres.Summaries;

/// <summary>The choice of summaries against a model that looks at every single byte of WAL.</summary>
public sealed class SummaryCoverageTests
{
    const int Bytes = 24;

    static readonly Gen<WalSummaryName> Summary =
        Gen.Select(Gen.UInt[1, 4], Gen.ULong[0, Bytes - 1], Gen.ULong[1, 12])
            .Select((timeline, start, length) => Name(timeline, start, start + length));

    /// <summary>Positions need not ascend: a recovery may aim at a timeline and stop before it began.</summary>
    static readonly Gen<TimelineHistory> History =
        Gen.Select(Gen.UInt[1, 4], Gen.ULong[0, Bytes].Array[3])
            .Select((timeline, ends) => Chain(timeline, [.. ends.Take((int)timeline - 1)]));

    [Fact]
    public void Every_byte_of_the_span_is_spoken_of_by_a_summary_of_its_own_timeline()
        => Sample((chosen, gap, available, history, from, until) =>
        {
            Assert.All(chosen, summary => Assert.Contains(summary, available));

            for (var at = from; at < (gap?.Value ?? until); at++)
                Assert.True(Speaks(chosen, history, at), $"nothing chosen speaks of {at}");
        });

    [Fact]
    public void A_gap_is_the_first_byte_that_no_summary_speaks_of()
        => Sample((_, gap, available, history, from, until) =>
        {
            var first = Enumerable.Range((int)from, (int)(until - Math.Min(from, until)))
                .Where(at => !Speaks(available, history, (ulong)at))
                .Select(at => (Lsn?)new Lsn((ulong)at))
                .FirstOrDefault();

            Assert.Equal(first, gap);
        });

    [Fact]
    public void None_is_chosen_that_adds_nothing()
        => Sample((chosen, _, _, _, _, _) => Assert.Equal(chosen.Distinct().Count(), chosen.Count));

    [Fact]
    public void A_summary_that_begins_before_the_span_counts()
    {
        var chosen = SummaryCoverage.Choose(
            [Name(1, 10, 20), Name(1, 1, 10)], TimelineHistory.WithoutAncestors(1), new Lsn(5), new Lsn(20),
            out var gap);

        Assert.Null(gap);
        Assert.Equal([Name(1, 1, 10), Name(1, 10, 20)], chosen);
    }

    [Fact]
    public void What_a_left_timeline_wrote_behind_the_fork_says_nothing_of_the_new_one()
    {
        SummaryCoverage.Choose([Name(1, 0, 20), Name(2, 12, 20)], Chain(2, [10]), new Lsn(2), new Lsn(20), out var gap);

        Assert.Equal(new Lsn(10), gap);
    }

    static void Sample(
        Action<IReadOnlyList<WalSummaryName>, Lsn?, WalSummaryName[], TimelineHistory, ulong, ulong> check)
        => Gen.Select(Summary.Array[0, 14], History, Gen.ULong[0, Bytes], Gen.ULong[0, Bytes])
            .Sample(
                (available, history, from, until) =>
                {
                    var chosen = SummaryCoverage.Choose(available, history, new Lsn(from), new Lsn(until), out var gap);
                    check(chosen, gap, available, history, from, until);
                },
                seed: "0000KOIikJQ4",
                iter: 15_000);

    static bool Speaks(IEnumerable<WalSummaryName> summaries, TimelineHistory history, ulong at)
        => summaries.Any(s => s.Timeline == TimelineOf(history, at) && s.Start.Value <= at && at < s.End.Value);

    /// <summary>The oldest timeline that no switch, its own or a later one, had left by then.</summary>
    static uint TimelineOf(TimelineHistory history, ulong at)
    {
        for (var i = 0; i < history.Switches.Count; i++)
            if (history.Switches.Skip(i).All(left => at < left.SwitchLsn.Value))
                return history.Switches[i].ParentTimeline;

        return history.Timeline;
    }

    static TimelineHistory Chain(uint timeline, ulong[] ends)
        => TimelineHistory.Parse(
            timeline,
            string.Concat(ends.Select((end, i) => $"{i + 1}\t{new Lsn(end)}\tno recovery target specified\n")));

    static WalSummaryName Name(uint timeline, ulong start, ulong end) => new(timeline, new Lsn(start), new Lsn(end));
}
