using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Retention;

namespace TomoBackup.Tests.Retention;

public sealed class ExpireGuardsTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    static readonly GuardFacts Good = new(
        Now, Now.AddHours(-1), Now.AddSeconds(2), Now.AddDays(-1), null, "id",
        new VerificationRecord("id", Now.AddDays(-1), Deep: false, Sound: true), AllowMore: false);

    [Fact]
    public void Nothing_speaks_against_an_ordinary_run()
        => Assert.Empty(ExpireGuards.Check(Good, Plan(2, 10, 50, 100)));

    public static TheoryData<string, Func<object, object>> Clocks => new()
    {
        {
            "the repository holds something of 2026-03-04 12:11",
            f => (GuardFacts)f with { NewestSeen = Now.AddMinutes(11) }
        },
        { "the last run was at 2026-03-04 12:11", f => (GuardFacts)f with { LastRun = Now.AddMinutes(11) } },
        { "the store's clock 2026-03-04 12:11", f => (GuardFacts)f with { StoreClock = Now.AddMinutes(11) } },
        { "the store's clock 2026-03-04 11:49", f => (GuardFacts)f with { StoreClock = Now.AddMinutes(-11) } },
        { "nothing was stored since 2026-02-24", f => (GuardFacts)f with { NewestSeen = Now.AddDays(-8.1) } },
    };

    [Theory]
    [MemberData(nameof(Clocks), DisableDiscoveryEnumeration = true)]
    public void A_clock_that_jumped_is_told_from_one_that_is_a_little_off(string told, Func<object, object> change)
    {
        var refusal = Assert.Single(ExpireGuards.Check((GuardFacts)change(Good), Plan(0, 10, 0, 0)));

        Assert.Equal("clock", refusal.Name);
        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 2 3", 3, null)]
    [InlineData("1 2 10", 2, null)]
    [InlineData("1 2 11", 2, "2 11")]

    // The last run was in between, so the clock stood there.
    [InlineData("1 2 11", 6, null)]

    // A run has passed it already: it was true, and a person said so.
    [InlineData("1 2 11 12", 11, null)]
    [InlineData("1 2 11 12 30", 12, "12 30")]
    [InlineData("1 2 11 12", null, "2 11")]
    public void A_clock_that_leapt_leaves_a_silence_that_no_run_has_passed(string days, int? lastRun, string? expected)
    {
        static DateTimeOffset Day(int day) => Now.AddDays(day - 40);
        var jump = ClockJump.Find(
            days.Split(' ').Select(day => Day(int.Parse(day, null))), lastRun is { } run ? Day(run) : null);

        Assert.Equal(
            expected is null ? null : expected.Split(' ').Select(day => Day(int.Parse(day, null))),
            jump is null ? null : new[] { jump.Before, jump.After });
    }

    [Fact]
    public void A_leap_is_refused_although_something_was_stored_since_unless_a_person_says_that_it_was_none()
    {
        var leapt = Good with { Jump = new ClockJump(Now.AddDays(-31), Now.AddHours(-1)) };

        Assert.Contains(
            "between 2026-02-01 12:00 UTC and 2026-03-04 11:00 UTC nothing was stored",
            Assert.Single(ExpireGuards.Check(leapt, Plan(0, 10, 0, 0))).Message, StringComparison.Ordinal);
        Assert.Empty(ExpireGuards.Check(leapt with { AllowMore = true }, Plan(0, 10, 0, 0)));
    }

    [Fact]
    public void A_little_off_is_nothing()
        => Assert.Empty(ExpireGuards.Check(
            Good with
            {
                NewestSeen = Now.AddMinutes(9),
                LastRun = Now.AddMinutes(9),
                StoreClock = Now.AddMinutes(-9),
            },
            Plan(0, 10, 0, 0)));

    [Theory]
    [InlineData(null, true, 1, "has never verified")]
    [InlineData("another", true, 1, "has never verified")]
    [InlineData("id", false, 1, "found damage")]
    [InlineData("id", true, 8, "more than 7 days ago")]
    public void Only_a_repository_that_was_found_whole_within_a_week_loses_something(
        string? id, bool sound, int days, string told)
    {
        var verification = id is null ? null : new VerificationRecord(id, Now.AddDays(-days), false, sound);
        var refusal = Assert.Single(
            ExpireGuards.Check(Good with { Verification = verification }, Plan(0, 10, 0, 0)));

        Assert.Equal("verification", refusal.Name);
        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 3, 0, 0, null)]
    [InlineData(3, 12, 0, 0, null)]
    [InlineData(4, 12, 0, 0, "4 of 12 good backups would go, and one run may remove 3")]
    [InlineData(27, 30, 0, 0, "27 of 30 good backups would go, and one run may remove 7")]
    [InlineData(0, 3, 64, 70, null)]
    [InlineData(0, 3, 500, 1000, null)]
    [InlineData(0, 3, 501, 1000, "501 of 1000 WAL segments would go, and one run may remove 500")]
    public void One_run_takes_a_quarter_of_the_backups_and_half_of_the_WAL_at_most(
        int going, int backups, int goingSegments, int segments, string? told)
    {
        var refusals = ExpireGuards.Check(Good, Plan(going, backups, goingSegments, segments));

        Assert.Equal(told, refusals.SingleOrDefault()?.Message);
        Assert.Empty(ExpireGuards.Check(
            Good with { AllowMore = true }, Plan(going, backups, goingSegments, segments)));
    }

    static RetentionPlan Plan(int going, int backups, int goingSegments, int segments) => new()
    {
        Now = Now,
        WindowStart = Now.AddDays(-7),
        SegmentSize = WalSegmentSize.Default,
        Backups =
        [
            .. Enumerable.Range(0, backups).Select(i => new BackupVerdict(
                new KnownBackup($"b{i}", $"b{i}", true, true, Now, 1, new Lsn(1), new Lsn(2), [], 1),
                i < going ? Fate.Goes : Fate.Stays, [], null, null)),
        ],
        Unfinished = [],
        Wal =
        [
            new WalVerdict(1, 1, 2, goingSegments, 1, Fate.Goes, default, null, null),
            new WalVerdict(1, 3, 4, segments - goingSegments, 1, Fate.Stays, default, null, null),
        ],
        Losses = [],
    };
}
