using System.Globalization;
using TomoBackup.Backups;
using TomoBackup.Codecs;
using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Tests.Postgres;

namespace TomoBackup.Tests.Backups;

/// <summary>Which backup is taken, what an incremental one builds on, and why it cannot be one.</summary>
public sealed class KindPlannerTests
{
    /// <summary>Noon of a Monday.</summary>
    static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    static readonly ControlFile Control = ControlFile.Parse(Fixture.Bytes("pg_control.18.gz"));
    static readonly EpochId Epoch = EpochId.Parse("0123456789abcdef0123456789abcdef");

    [Fact]
    public void A_full_backup_that_was_asked_for_needs_no_reason()
        => Assert.Empty(Full(BackupRequest.Full, Facts(Backup("a", 1), Backup("b", 2, "a"))));

    [Fact]
    public void Without_a_backup_the_first_one_is_full()
    {
        Assert.Equal(["there is no full backup yet"], Full(BackupRequest.Incremental, Facts()));
        Assert.Equal(["there is no full backup yet"], Full(BackupRequest.Due, Facts()));
        Assert.Equal(["there is no full backup yet"], Full(Nightly, Facts()));
    }

    [Fact]
    public void The_newest_backup_of_the_newest_generation_is_built_on()
    {
        Assert.Equal("a", Parent(Facts(Backup("a", 1))));
        Assert.Equal("c", Parent(Facts(Backup("a", 1), Backup("b", 2, "a"), Backup("c", 3, "a"))));
        Assert.Equal("d", Parent(Facts(Backup("a", 1), Backup("b", 2, "a"), Backup("d", 4))));

        // An incremental backup that ended behind the full one that closed its generation.
        Assert.Equal("d", Parent(Facts(Backup("a", 1), Backup("d", 4), Backup("e", 5, "a"))));
    }

    [Fact]
    public void An_earlier_backup_of_the_generation_is_built_on_where_the_newest_cannot_be()
    {
        var facts = Facts(Backup("a", 1), Backup("b", 2, "a"), Backup("c", 3, "a"))
            with
        { Missing = backup => backup.Backup == "c" ? "pack" : null };

        Assert.Equal("b", Parent(facts));
    }

    [Fact]
    public void An_older_generation_is_never_built_on()
        => Assert.Single(Full(
            BackupRequest.Incremental,
            Facts(Backup("a", 1), Backup("b", 2)) with { Missing = backup => backup.Backup == "b" ? "pack" : null }));

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void A_chain_has_its_longest(int allowed, bool full)
    {
        var facts = Facts(
            Backup("z", 1), Backup("y", 2, "z"), Backup("a", 3), Backup("b", 4, "a"), Backup("c", 5, "a"));
        var options = new BackupOptions { Request = BackupRequest.Incremental, MaxChain = allowed };

        if (full)
            Assert.Equal(
                ["generation 'a' has 2 incremental backups, and the policy allows 2"], Full(options, facts));
        else
            Assert.Equal("c", Parent(facts, options));
    }

    [Fact]
    public void Each_obstacle_is_said()
    {
        var facts = Facts(Backup("a", 1));

        Because("backup 'a' is of system identifier 77", facts, b => b with { SystemIdentifier = "77" });
        Because("page checksums were switched on since backup 'a'", facts, b => b with { DataChecksums = false });
        Because("page checksums were switched off since backup 'a'", facts with { DataChecksums = false }, b => b);
        Because("blocks or files had another size in backup 'a'", facts, b => b with { BlockSize = 4096 });
        Because("blocks or files had another size in backup 'a'", facts, b => b with { SegmentBlocks = 1 });
        Because("WAL segments had another size in backup 'a'", facts, b => b with { WalSegmentSize = 1 << 20 });
        Because(
            "the server's WAL ends at 0/1000050, before backup 'a' did",
            facts with { Position = Lsn.Parse("0/1000050") }, b => b);
        Because(
            "the key of the open generation 'a' is not on this host", facts with { CanOpen = _ => false }, b => b);
        Because(
            "'backup/x/pack-1', which backup 'a' needs, is not in the repository",
            facts with { Missing = _ => "backup/x/pack-1" }, b => b);
    }

    [Theory]
    [InlineData("0/1000099", false)]
    [InlineData("0/1000100", true)]
    [InlineData("0/1000101", true)]
    public void A_backup_is_built_on_where_the_new_timeline_was_left_behind_its_end(string fork, bool builtOn)
    {
        var facts = Facts(Backup("a", 1))
            with
        { History = TimelineHistory.Parse(2, $"1\t{fork}\tno recovery target specified\n") };

        if (builtOn)
            Assert.Equal("a", Parent(facts));
        else
            Assert.Equal(
                ["backup 'a' ended at 0/1000100 on timeline 1, which timeline 2 does not come from"],
                Full(BackupRequest.Incremental, facts));
    }

    [Fact]
    public void All_obstacles_of_the_newest_backup_are_said_and_none_of_the_others()
    {
        var facts = Facts(
            Backup("a", 1) with { BlockSize = 4096 },
            Backup("b", 2, "a") with { DataChecksums = false, WalSegmentSize = 1 << 20 });

        Assert.Equal(
            [
                "page checksums were switched on since backup 'b'", "WAL segments had another size in backup 'b'",
            ],
            Full(BackupRequest.Incremental, facts));
    }

    /// <summary>Full at two at night, incremental every hour from three on: what is due when backups were taken at
    /// these hours.</summary>
    [Theory]
    [InlineData("02:00", "11:00", "11:30", "none until 12:00")]
    [InlineData("02:00", "11:00", "12:00", "incremental on b")]
    [InlineData("02:00", "11:00", "12:20", "incremental on b")]
    [InlineData("02:00", "02:00", "02:30", "none until 03:00")]
    [InlineData("01:59", "01:59", "02:00", "full")]
    [InlineData("01:00", "11:00", "11:30", "full")]
    public void The_schedule_says_what_is_due(string full, string last, string now, string expected)
    {
        Manifest[] backups = full == last
            ? [At(Backup("a", 1), full)]
            : [At(Backup("a", 1), full), At(Backup("b", 2, "a"), last)];
        var choice = KindPlanner.Choose(Nightly, Facts(backups) with { Now = Hour(now) });

        Assert.Equal(expected, choice switch
        {
            BackupKind.Full because => because.Because is ["the schedule '0 2 * * *' asks for a full one"]
                ? "full"
                : string.Join(", ", because.Because),
            BackupKind.Incremental incremental => $"incremental on {incremental.Parent.Backup}",
            BackupKind.NotDue none => $"none until {none.Next:HH:mm}",
            _ => "nothing",
        });
    }

    [Fact]
    public void Without_a_schedule_an_incremental_backup_is_always_due()
        => Assert.Equal("a", Parent(Facts(Backup("a", 1)), new BackupOptions { Request = BackupRequest.Due }));

    [Fact]
    public void With_a_schedule_for_full_backups_only_no_incremental_one_is_due()
    {
        var options = Nightly with { IncrementalSchedule = null };
        var facts = Facts(At(Backup("a", 1), "02:00")) with { Now = Hour("11:00") };

        Assert.Equal(Noon.AddHours(14), Assert.IsType<BackupKind.NotDue>(KindPlanner.Choose(options, facts)).Next);
    }

    [Fact]
    public void What_is_due_as_an_incremental_one_is_full_where_it_must_be()
        => Assert.Equal(
            ["the key of the open generation 'a' is not on this host"],
            Full(
                Nightly,
                Facts(At(Backup("a", 1), "02:00")) with { Now = Hour("11:00"), CanOpen = _ => false }));

    /// <summary>Compared every Sunday at four; it is Monday, noon.</summary>
    [Theory]
    [InlineData(-1, null, false)]
    [InlineData(-2, null, true)]
    [InlineData(-9, -2, true)]
    [InlineData(-9, -1, false)]
    public void An_audit_is_due_by_its_schedule_since_the_last_one_or_else_since_the_oldest_backup(
        int oldest, int? audited, bool due)
    {
        var backups = new List<Manifest> { Backup("a", 1) with { Started = Noon.AddDays(oldest) } };

        if (audited is { } days)
            backups.Add(Backup("b", 2) with { Started = Noon.AddDays(days), AuditedPages = 7 });

        backups.Add(Backup("c", 3) with { Started = Hour("02:00") });
        var options = Nightly with { AuditSchedule = Cron("0 4 * * 0") };

        Assert.Equal(due, IsAudited(options, Facts([.. backups])));
        Assert.False(IsAudited(options with { Request = BackupRequest.Incremental }, Facts([.. backups])));
        Assert.False(IsAudited(Nightly, Facts([.. backups])));
    }

    static bool IsAudited(BackupOptions options, KindFacts facts)
        => Assert.IsType<BackupKind.Incremental>(KindPlanner.Choose(options, facts)).Audit;

    static BackupOptions Nightly { get; } = new()
    {
        Request = BackupRequest.Due,
        FullSchedule = Cron("0 2 * * *"),
        IncrementalSchedule = Cron("0 3-23 * * *"),
    };

    static Schedule Cron(string text)
        => Schedule.TryParse(text, out var schedule) ? schedule : throw new FormatException(text);

    static void Because(string reason, KindFacts facts, Func<Manifest, Manifest> parent)
        => Assert.Equal(
            [reason], Full(BackupRequest.Incremental, facts with { Backups = [parent(facts.Backups[0])] }));

    static IReadOnlyList<string> Full(BackupRequest request, KindFacts facts)
        => Full(new BackupOptions { Request = request }, facts);

    static IReadOnlyList<string> Full(BackupOptions options, KindFacts facts)
        => Assert.IsType<BackupKind.Full>(KindPlanner.Choose(options, facts)).Because;

    static string Parent(KindFacts facts, BackupOptions? options = null)
        => Assert.IsType<BackupKind.Incremental>(
            KindPlanner.Choose(options ?? new BackupOptions { Request = BackupRequest.Incremental }, facts))
            .Parent.Backup;

    static DateTimeOffset Hour(string time)
        => Noon.Date + TimeSpan.ParseExact(time, @"hh\:mm", CultureInfo.InvariantCulture) is var at
            ? new DateTimeOffset(at, TimeSpan.Zero)
            : default;

    static Manifest At(Manifest backup, string time) => backup with { Started = Hour(time) };

    static KindFacts Facts(params Manifest[] backups)
        => new()
        {
            Backups = backups,
            Control = Control,
            WalSegmentSize = 16 << 20,
            DataChecksums = true,
            History = TimelineHistory.WithoutAncestors(1),
            Position = Lsn.Parse("9/0"),
            CanOpen = epoch => epoch == Epoch,
            Missing = _ => null,
            Now = Noon,
        };

    static Manifest Backup(string id, uint number, string? generation = null)
        => new()
        {
            Format = Manifest.CurrentFormat,
            Cluster = "main",
            Lineage = default,
            SystemIdentifier = Control.SystemIdentifier.ToString(CultureInfo.InvariantCulture),
            MajorVersion = 18,
            ServerVersion = "18.6",
            Backup = id,
            Generation = generation ?? id,
            Kind = generation is null ? Manifest.Full : Manifest.Incremental,
            Parent = generation,
            State = Manifest.Good,
            DamagedBlocks = 0,
            Started = Noon.AddDays(-1),
            Stopped = Noon.AddDays(-1),
            StartLsn = new Lsn(number << 24),
            StopLsn = new Lsn((number << 24) + 0x100),
            Timeline = 1,
            WalFirst = "",
            WalLast = "",
            WalSegmentSize = 16 << 20,
            BlockSize = 8192,
            SegmentBlocks = 131_072,
            DataChecksums = true,
            Epoch = Epoch,
            FileCount = 0,
            FileBytes = 0,
            StoredBytes = 0,
            Objects = [],
            References = [],
            Tool = "tests",
        };
}
