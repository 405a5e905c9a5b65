using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Retention;

namespace TomoBackup.Tests.Retention;

/// <summary>The rules by example; that they hold together is <see cref="RetentionPromiseTests"/>'s.</summary>
public sealed class RetentionPlannerTests
{
    static readonly WalSegmentSize Size = new(1 << 20);
    static readonly DateTimeOffset Now = new(2026, 3, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A backup a day and a segment a day, for thirty days.</summary>
    static readonly RetentionScene Month = new()
    {
        Now = Now,
        Wal = new RetentionRule { Age = new Duration(7, DurationUnit.Days) },
        Backup = new RetentionRule { Age = new Duration(14, DurationUnit.Days) },
        SegmentSize = Size,
        Backups = [.. Enumerable.Range(1, 30).Select(day => Backup(day))],
        Archive = [new ArchivedWal(1, [.. Enumerable.Range(1, 30).Select(day => Segment(day))])],
        Marks = new RetentionMarks(
            Enumerable.Range(1, 30).ToDictionary(Id, _ => Now.AddDays(-2)),
            [new WalMark(1, 0, 99, Now.AddDays(-2)), new WalMark(2, 0, 99, Now.AddDays(-2))]),
    };

    [Fact]
    public void The_window_begins_at_the_newest_good_backup_that_had_stopped_by_then()
    {
        var plan = RetentionPlanner.Plan(Month);

        Assert.Equal([(1ul, 23ul, Fate.Goes), (24ul, 30ul, Fate.Stays)], plan.Wal.Select(w => (w.First, w.Last, w.Fate)));
        Assert.Equal("d18 d19", string.Join(' ', Staying(plan).Take(2)));
        Assert.Equal(
            [GroundKind.WithinAge, GroundKind.BeginsWindow], plan.Backups[23].Grounds.Select(g => g.Kind));
        Assert.Equal("the window needs it, from backup d24 on", plan.Wal[1].Ground.ToString());
    }

    [Fact]
    public void A_damaged_backup_does_not_begin_a_window()
    {
        var plan = RetentionPlanner.Plan(Month with
        {
            Backups = [.. Month.Backups.Select(b => b.Id is "d24" or "d23" ? b with { IsGood = false } : b)],
        });

        Assert.Equal(22ul, plan.Wal.Single(w => w.Fate == Fate.Stays).First);
    }

    [Fact]
    public void The_moments_between_the_kept_backups_and_the_window_stop_being_reachable()
    {
        var losses = RetentionPlanner.Plan(Month).Losses;

        // In between only the ends of the backups of the 18th to the 23rd are left.
        Assert.Equal(new LostMoments(1, At(1), At(24), 6), Assert.Single(losses));
    }

    [Fact]
    public void Behind_a_hole_the_next_good_backup_stays_although_no_rule_keeps_it()
    {
        var plan = RetentionPlanner.Plan(Month with
        {
            Backup = new RetentionRule { Count = 1 },
            Archive = [new ArchivedWal(1, [.. Month.Archive[0].Segments.Where(s => s.Number != 27)])],
        });

        Assert.Equal(["d24", "d28", "d30"], Staying(plan).Where(id => id is not "d27"));
        Assert.Contains(plan.Backups[27].Grounds, g => g.Kind == GroundKind.BehindHole);
    }

    [Fact]
    public void The_newest_good_and_the_newest_proven_backup_stay_under_any_rule()
    {
        var plan = RetentionPlanner.Plan(Month with
        {
            Wal = new RetentionRule { Age = new Duration(1, DurationUnit.Seconds) },
            Backup = new RetentionRule { Age = new Duration(1, DurationUnit.Seconds) },
            Proven = new HashSet<string> { "d02", "d05" },
        });

        Assert.Equal(["d05", "d30"], Staying(plan));
        Assert.Equal("newest proven backup", plan.Backups[4].Grounds.Single().ToString());
    }

    [Fact]
    public void What_a_kept_incremental_takes_frames_from_stays_whole_and_its_own_parts_too()
    {
        var plan = RetentionPlanner.Plan(Month with
        {
            Backup = new RetentionRule { Count = 1 },
            Wal = new RetentionRule { Age = new Duration(1, DurationUnit.Hours) },
            Backups =
            [
                .. Month.Backups.Take(27), Backup(28) with { BuiltOn = ["d10"] },
                Backup(29), Backup(30) with { BuiltOn = ["d28"] },
            ],
        });

        Assert.Equal(["d10", "d28", "d30"], Staying(plan));
        Assert.Equal("backup d30 is built on it", plan.Backups[27].Grounds.Single().ToString());
    }

    [Fact]
    public void What_may_go_waits_for_a_dependent_whose_grace_has_not_passed()
    {
        var plan = RetentionPlanner.Plan(Month with
        {
            Backups = [Backup(1), Backup(2) with { BuiltOn = ["d01"] }, Backup(30)],
            Backup = new RetentionRule { Count = 1 },
            Marks = new RetentionMarks(
                new Dictionary<string, DateTimeOffset> { ["d01"] = Now.AddDays(-2), ["d02"] = Now.AddHours(-1) }, []),
            Wal = new RetentionRule { Age = new Duration(1, DurationUnit.Hours) },
        });

        Assert.Equal([Fate.Waits, Fate.Waits, Fate.Stays], plan.Backups.Select(b => b.Fate));
        Assert.Equal(Now.AddHours(23), plan.Backups[0].Due);
    }

    [Fact]
    public void A_window_needs_the_parents_WAL_before_the_fork_and_of_no_sibling()
    {
        // Timelines 2 and 3 left timeline 1 in segments 20 and 26; 2 ended long ago, 3 is the cluster.
        var plan = RetentionPlanner.Plan(Month with
        {
            Backups = [.. Month.Backups.Take(25)],
            Backup = new RetentionRule { Count = 1 },
            Archive =
            [
                new ArchivedWal(1, [.. Enumerable.Range(1, 26).Select(day => Segment(day))]),
                new ArchivedWal(2, [.. Enumerable.Range(20, 3).Select(day => Segment(day))]),
                new ArchivedWal(3, [.. Enumerable.Range(26, 5).Select(day => Segment(day))]),
            ],
            Histories = new Dictionary<uint, TimelineHistory>
            {
                [2] = TimelineHistory.Parse(2, "1\t0/1400100\tx"),
                [3] = TimelineHistory.Parse(3, "1\t0/1A00F00\tx"),
            },
        });

        Assert.Equal(
            [(1u, 1ul, Fate.Goes), (1u, 24ul, Fate.Stays), (2u, 20ul, Fate.Goes), (3u, 26ul, Fate.Stays)],
            plan.Wal.Select(w => (w.Timeline, w.First, w.Fate)));
    }

    [Fact]
    public void Where_no_backup_is_good_nothing_goes()
    {
        var plan = RetentionPlanner.Plan(Month with
        {
            Backups = [.. Month.Backups.Select(b => b with { IsGood = false })],
        });

        Assert.All(plan.Backups, b => Assert.Equal(Fate.Stays, b.Fate));
        Assert.Equal(GroundKind.NoGoodBackup, Assert.Single(plan.Wal).Ground.Kind);
    }

    [Fact]
    public void A_folder_whose_packs_serve_another_backup_stays_though_its_manifest_is_lost()
    {
        var plan = RetentionPlanner.Plan(Month with
        {
            Backups = [Backup(29), Backup(30) with { BuiltOn = ["lost"] }],
            Unfinished = [new UnfinishedBackup("lost", "lost", At(1), HasManifest: false, 3, 100)],
        });

        Assert.Equal("backup d30 is built on it", plan.Unfinished[0].Ground.ToString());
    }

    [Theory]
    [InlineData("d01", "d01 goes with the next run: no rule keeps it (age 14d)")]
    [InlineData("d30", "d30 stays: newest good backup; younger than 14d")]
    [InlineData("d3", "d30 stays: newest good backup; younger than 14d")]
    [InlineData("d0", "d0 is the beginning of more than one id")]
    [InlineData("000000010000000000000001", "000000010000000000000001 goes with the next run: no moment of the window needs it")]
    [InlineData("000000010000000000000063", "000000010000000000000063 is not there")]
    [InlineData("00000002.history", "00000002.history stays: history files never go")]
    [InlineData("keys/x/y/z.age", "keys/x/y/z.age stays: objects of its kind never go")]
    [InlineData("backup/l/d30/d30/pack-00001", "d30 stays: newest good backup; younger than 14d")]
    [InlineData("wal/l/00000001/0000000100000000/000000010000000000000018-aa",
        "000000010000000000000018-aa stays: the window needs it, from backup d24 on")]
    public void Every_object_has_an_answer(string name, string expected)
    {
        var answer = RetentionAnswer.For(RetentionPlanner.Plan(Month), name);

        Assert.Equal(expected, $"{answer.Name} {answer.Sentence}");
    }

    static IEnumerable<string> Staying(RetentionPlan plan)
        => plan.Backups.Where(b => b.Fate == Fate.Stays).Select(b => b.Backup.Id);

    static string Id(int day) => $"d{day:D2}";

    static DateTimeOffset At(int day) => new(2026, 3, day, 2, 0, 0, TimeSpan.Zero);

    /// <summary>Within the day's one segment.</summary>
    static KnownBackup Backup(int day) => new(
        Id(day), Id(day), true, true, At(day), 1, new Lsn(((ulong)day << 20) + 0x100),
        new Lsn(((ulong)day << 20) + 0x200), [], 1000);

    static StoredSegment Segment(int day) => new((ulong)day, At(day).AddHours(6), true, 1, 1 << 20);
}
