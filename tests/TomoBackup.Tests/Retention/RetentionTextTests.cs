using TomoBackup.Cli.Output;
using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Retention;
using TomoBackup.Testing;
using TomoBackup.Tests.Cli;

namespace TomoBackup.Tests.Retention;

/// <summary>What people see of retention.</summary>
public sealed class RetentionTextTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 31, 12, 0, 0, TimeSpan.Zero);

    static RetentionPlan Plan { get; } = RetentionPlanner.Plan(new RetentionScene
    {
        Now = Now,
        Wal = new RetentionRule { Age = new Duration(7, DurationUnit.Days) },
        Backup = new RetentionRule { Count = 2, Weekly = 2 },
        SegmentSize = WalSegmentSize.Default,
        Backups =
        [
            Backup(5, ["20260304T020000Z-0000000f"]), Backup(8, []), Backup(20, []), Backup(22, []), Backup(28, []),
            Backup(30, []) with { IsGood = false }, Backup(31, []),
        ],
        Unfinished =
        [
            new UnfinishedBackup("20260304T020000Z-0000000f", "20260304T020000Z-0000000f", At(4), false, 9, 42),
        ],
        Archive = [new ArchivedWal(1, [.. Enumerable.Range(1, 31).Select(day
            => new StoredSegment((ulong)day, At(day).AddHours(6), true, 1, 5 << 20))])],
        Announcements = [new("hold", "00ff", Now.AddDays(-1), IntentRecord.Endless, Id(5), "audit 2026")],
        Marks = new RetentionMarks(
            new Dictionary<string, DateTimeOffset> { [Id(8)] = Now.AddDays(-2) },
            [new WalMark(1, 0, 9, Now.AddDays(-2))]),
    });

    static ExpireReport Report { get; } = new()
    {
        Cluster = "main",
        Repository = "local",
        PlanOnly = true,
        Plan = Plan,
        Refusals = [],
        Problems = [],
        Removed = Removal.Nothing,
        Forecast = new LifecycleForecast([], []),
        HasLifecycle = false,
    };

    static readonly ExpireReport Refused = Report with
    {
        PlanOnly = false,
        Refusals = [new Refusal("verification", "this host has never verified the repository",
            "Run 'tomo-backup verify' on this host; it must end without damage.")],
    };

    [Theory]
    [InlineData("expire-plan", false)]
    [InlineData("expire-plan-json", true)]
    public void A_plan_is_told_as_approved(string name, bool json) => Verify(name, json, Report);

    [Fact]
    public void A_run_is_told_as_approved()
        => Verify("expire", false, Report with { PlanOnly = false, Removed = new Removal(1, 0, 9, 23, 1 << 28) });

    [Fact]
    public void A_refusal_is_told_as_approved() => Verify("expire-refused", false, Refused);

    [Fact]
    public void A_plan_that_would_be_refused_says_so()
        => Assert.Contains(
            "'expire' would be refused: this host has never verified",
            Told(false, Refused with { PlanOnly = true }), StringComparison.Ordinal);

    [Fact]
    public void A_store_without_the_right_to_delete_is_told_as_approved()
        => Verify("expire-lifecycle", false, Report with
        {
            PlanOnly = false,
            MayNotDelete = true,
            HasLifecycle = true,
            Forecast = LifecycleForecast.Of(
                Plan,
                new LifecyclePolicy { Wal = new(8, DurationUnit.Days), Backup = new(30, DurationUnit.Days) },
                [new ArchivedWal(1, [.. Enumerable.Range(1, 31).Select(day
                    => new StoredSegment((ulong)day, At(day).AddHours(6), true, 1, 5 << 20))])]),
        });

    [Theory]
    [InlineData("hold", null, false, false)]
    [InlineData("hold-until", 5, false, false)]
    [InlineData("hold-released", null, true, false)]
    [InlineData("hold-json", 5, false, true)]
    public void A_hold_is_told_as_approved(string name, int? days, bool released, bool json)
    {
        var terminal = new CapturedTerminal();
        RetentionText.Show(
            new HoldReport(Id(5), released, days is { } d ? Now.AddDays(d) : null, "audit", ["local", "offsite"], 2),
            new Report(terminal, new ReportMode(Json: json, Color: false)));

        Approval.Verify($"{terminal.Spoken}", $"told-{name}");
    }

    static void Verify(string name, bool json, ExpireReport report)
    {
        var told = Told(json, report);
        Assert.All(
            told.Split('\n').Where(l => !json && !l.StartsWith("warning:", StringComparison.Ordinal)
                && !l.StartsWith("error:", StringComparison.Ordinal)),
            line => Assert.True(line.Length <= 80, line));
        Approval.Verify(told, $"told-{name}");
    }

    static string Told(bool json, ExpireReport report)
    {
        var terminal = new CapturedTerminal();
        RetentionText.Show([report], new Report(terminal, new ReportMode(Json: json, Color: false)));
        return $"{terminal.Spoken}{terminal.Complained}";
    }

    static string Id(int day) => $"202603{day:D2}T020000Z-{day:x8}";

    static DateTimeOffset At(int day) => new(2026, 3, day, 2, 0, 0, TimeSpan.Zero);

    static KnownBackup Backup(int day, IReadOnlyList<string> builtOn) => new(
        Id(day), Id(day), builtOn.Count == 0, true, At(day), 1, new Lsn(((ulong)day << 24) + 0x100),
        new Lsn(((ulong)day << 24) + 0x200), builtOn, 1 << 28);
}
