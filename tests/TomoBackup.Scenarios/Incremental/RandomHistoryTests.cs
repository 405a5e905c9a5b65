namespace TomoBackup.Scenarios.Incremental;

/// <summary>Whatever happens to a cluster between its backups: every incremental backup gives back what was there. A
/// failure names the plan: put its seed into a line below to run it again.</summary>
public sealed class RandomHistoryTests
{
    const int ShortSteps = 24;
    const int LongSteps = 90;

    [Theory]
    [InlineData(1, 18, true, true, false)]
    [InlineData(2, 18, true, false, true)]
    [InlineData(3, 18, false, true, true)]
    [InlineData(4, 17, true, false, false)]
    [InlineData(5, 17, false, false, false)]
    [InlineData(6, 17, false, true, true)]
    [InlineData(7, 15, false, true, false)]
    public Task A_short_history_comes_back(int seed, int major, bool summarize, bool checksums, bool writer)
        => History.RunAsync(new HistoryPlan(seed, major, summarize, checksums, writer, ShortSteps));

    /// <summary>Some 20 minutes.</summary>
    [Theory]
    [Trait("Category", "Exhaustive")]
    [MemberData(nameof(Seeds))]
    public Task A_long_history_comes_back(int seed)
        => History.RunAsync(Plan(seed, LongSteps));

    /// <summary>A new one each night: its seed is the day.</summary>
    [Fact]
    [Trait("Category", "Exhaustive")]
    public Task A_history_of_today_comes_back()
        => History.RunAsync(Plan(
            (int)(TimeProvider.System.GetUtcNow().UtcTicks / TimeSpan.TicksPerDay), LongSteps));

    public static TheoryData<int> Seeds { get; } = [1002, 1004, 1005]; // PostgreSQL 17, 18 and 15

    static HistoryPlan Plan(int seed, int steps)
        => new(
            seed,
            Major: seed % 5 == 0 ? 15 : seed % 3 == 0 ? 17 : 18,
            Summarize: seed % 2 == 0 && seed % 5 != 0,
            Checksums: seed / 2 % 2 == 0,
            Writer: seed / 4 % 2 == 0,
            steps);
}
