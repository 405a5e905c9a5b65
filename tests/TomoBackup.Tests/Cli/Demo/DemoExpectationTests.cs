using CsCheck;
using TomoBackup.Cli.Demo;

namespace TomoBackup.Tests.Cli.Demo;

public sealed class DemoExpectationTests
{
    static readonly DemoPlan Plan = new() { Megabytes = DemoPlan.LeastMegabytes };

    [Fact]
    public void Nothing_committed_is_what_was_loaded()
    {
        var state = DemoExpectation.Of(Plan, []);

        Assert.Empty(state.Ledger);
        Assert.Empty(state.Match);
        Assert.Empty(state.NearestByScan);
        Assert.Equal($"{Plan.Balance}", state.Figures[DemoFigure.Balance]);
        Assert.Equal("5000", state.Figures[DemoFigure.Vertices]);
        Assert.Equal("15000", state.Figures[DemoFigure.Edges]);
    }

    [Fact]
    public void Follows_from_the_numbers_of_the_commits()
    {
        var state = DemoExpectation.Of(Plan, Commits(1, 30));

        Assert.Equal(30, state.Ledger.Count);
        Assert.Equal([3, 6, 9, 12, 15, 18, 21, 24, 27, 30], state.Documents);
        Assert.Equal("5006", state.Figures[DemoFigure.Vertices]);
        Assert.Equal("15006", state.Figures[DemoFigure.Edges]);
        Assert.Equal(
            Enumerable.Range(0, 10).Select(static n => 1_000_000_030L - (2 * n)), state.NearestByIndex);
        Assert.Contains("1000000030 → 511", state.Match); // 30 knows 510, who knows 511, 518, 539
        Assert.Contains("1000000030 → 539", state.Match);
        Assert.Equal(18, state.Match.Count);
    }

    [Fact]
    public void The_order_of_commits_does_not_matter()
        => Gen.Shuffle(Enumerable.Range(1, 40).ToArray()).Sample(numbers =>
            Assert.Empty(DemoComparison.Differences(
                DemoExpectation.Of(Plan, Commits(1, 40)),
                DemoExpectation.Of(Plan, [.. numbers.Select(static n => new DemoCommit(n))]))));

    [Fact]
    public void Any_commit_too_few_shows()
        => Gen.Int[1, 40].Sample(lost => Assert.Contains(
            $"ledger lost rows that were acknowledged: {lost}",
            DemoComparison.Differences(
                DemoExpectation.Of(Plan, Commits(1, 40)),
                DemoExpectation.Of(Plan, [.. Commits(1, 40).Where(commit => commit.Sequence != lost)]))));

    [Fact]
    public void Each_vector_of_the_ledger_is_nearer_to_the_origin_than_the_one_before()
    {
        var distances = Commits(1, 5000).Select(static commit => commit.Embedding.Trim('[', ']').Split(',')
            .Select(static part => float.Parse(part, System.Globalization.CultureInfo.InvariantCulture)))
            .Select(static parts => MathF.Sqrt(parts.Sum(static part => part * part)))
            .ToList();

        Assert.True(distances.Zip(distances.Skip(1)).All(static pair => pair.First > pair.Second));
    }

    static DemoCommit[] Commits(int first, int last)
        => [.. Enumerable.Range(first, last - first + 1).Select(static n => new DemoCommit(n))];
}
