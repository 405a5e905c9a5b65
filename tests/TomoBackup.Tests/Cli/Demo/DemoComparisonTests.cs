using TomoBackup.Cli.Demo;

namespace TomoBackup.Tests.Cli.Demo;

public sealed class DemoComparisonTests
{
    static readonly DemoState State = new()
    {
        Ledger = new Dictionary<long, DemoEntry> { [1] = new("one", 5), [2] = new("two", 6) },
        Figures = new Dictionary<string, string> { ["sum"] = "11" },
        Documents = [1, 2],
        Match = ["a → b", "a → c"],
        NearestByScan = [2, 1],
        NearestByIndex = [2, 1],
    };

    [Fact]
    public void Equal_states_do_not_differ() => Assert.Empty(DemoComparison.Differences(State, State with { }));

    [Fact]
    public void A_row_that_is_missing_and_one_that_is_too_many_are_told_apart()
        => Differ(
            State with { Ledger = new Dictionary<long, DemoEntry> { [1] = new("one", 5), [3] = new("three", 7) } },
            "ledger lost rows that were acknowledged: 2",
            "ledger has rows of another time: 3");

    [Fact]
    public void A_row_with_another_amount_is_named()
        => Differ(
            State with { Ledger = new Dictionary<long, DemoEntry> { [1] = new("one", 5), [2] = new("two", 7) } },
            "ledger has rows with another content: 2");

    [Fact]
    public void A_figure_that_was_not_read_is_a_difference()
        => Differ(State with { Figures = new Dictionary<string, string>() }, "sum is unknown, not 11");

    [Fact]
    public void A_figure_that_was_not_noted_is_none()
        => Differ(State with { Figures = new Dictionary<string, string> { ["sum"] = "11", ["more"] = "1" } });

    [Fact]
    public void Answers_of_the_match_are_compared_one_by_one()
        => Differ(
            State with { Match = ["a → b", "a → d"] },
            "answers of the MATCH are missing: a → c",
            "answers of the MATCH are too many: a → d");

    [Fact]
    public void An_answer_that_comes_twice_is_a_difference()
        => Differ(
            State with { Match = ["a → b", "a → c", "a → c"] },
            "answers of the MATCH are 3 in another order or number, not 2");

    [Fact]
    public void Scan_and_index_are_judged_apart_and_by_order()
        => Differ(State with { NearestByIndex = [1, 2] }, "nearest neighbours by index are 1, 2, not 2, 1");

    [Fact]
    public void Neighbours_behind_the_known_ones_are_not_judged()
        => Differ(State with { NearestByScan = [2, 1, 99] });

    static void Differ(DemoState actual, params string[] expected)
        => Assert.Equal(expected, DemoComparison.Differences(State, actual));
}
