using TomoBackup.Measurements;
using TomoBackup.Policies;
using TomoBackup.Storage;
using TomoBackup.Tests.Policies;

namespace TomoBackup.Tests.Measurements;

public sealed class PromisesTests
{
    static readonly DateTimeOffset Noon = Scene.Noon;

    [Fact]
    public void Everything_holds_where_everything_was_measured_and_is_well()
    {
        var status = Scene.StatusOf(Scene.AllWell());

        Assert.True(status.Holds, string.Join("; ", status.Promises.Where(p => p.Verdict != Verdict.Held)));
    }

    [Fact]
    public void Nothing_holds_that_nothing_has_measured()
    {
        var later = Scene.StatusOf(Scene.AllWell() with
        {
            Policy = Scene.FullPolicy,
            Cluster = Scene.FullPolicy.Clusters[0],
        });

        Assert.False(later.Holds);
        Assert.Equal(
            [
                "alerts", "compliance", "configuration", "configuration", "drill", "dump_on_time", "heartbeat",
                "restore_test",
            ],
            later.Promises.Where(p => p.Verdict == Verdict.NotMeasured).Select(p => p.Id).Order());
    }

    [Fact]
    public void Whatever_this_version_does_not_execute_is_a_promise_that_is_not_kept()
    {
        var whole = PolicyFile.Parse(PolicyText.Whole).Policy!;
        var facts = Scene.AllWell() with
        {
            Policy = whole,
            Cluster = whole.Clusters[0],
            Repositories = [.. whole.Repositories.Select(place => Scene.Repository(place, Scene.Contents()))],
        };
        var promises = Scene.StatusOf(facts).Promises;
        string[] judged = ["volume", "archiving", "backup_size"];

        Assert.DoesNotContain(promises, p => p.Id == "not_executed");
        Assert.All(judged, id => Assert.Contains(promises, p => p.Id == id && p.Verdict != Verdict.NotMeasured));
        Assert.Equal(
            [
                "alerts", "compliance", .. Enumerable.Repeat("configuration", 6), "drill", "dump_on_time", "heartbeat",
                "kept_configuration", "kept_configuration", "kept_dumps", "kept_dumps", "kept_evidence", "restore_test",
            ],
            promises.Where(p => p.Verdict == Verdict.NotMeasured).Select(p => p.Id).Order());
    }

    [Theory]
    [InlineData(4, 5, Verdict.AtRisk, "WAL leaves within 5m")]
    [InlineData(6, 5, Verdict.Missed, "WAL leaves within 5m")]
    [InlineData(29, 30, Verdict.AtRisk, "WAL leaves within 30m")]
    public void Archiving_is_held_against_the_policy_s_own_figure(
        int minutes, int allowed, Verdict expected, string promise)
    {
        var facts = WithAlerts(new AlertPolicy { WalOlderThan = new Duration(allowed, DurationUnit.Minutes) });
        var found = Find(
            facts with
            {
                Queue = Sighting<ArchiveQueue>.Of(
                    new ArchiveQueue(3, "00000001000000000000002D", Noon.AddMinutes(-minutes), null)),
            },
            "archiving");

        Assert.Equal((expected, promise), (found.Verdict, found.Promise));
    }

    [Theory]
    [InlineData(49, Verdict.Missed)]
    [InlineData(50, Verdict.Held)]
    public void A_backup_s_size_is_held_against_the_policy_s_own_figure(int now, Verdict expected)
    {
        var facts = Scene.WithContents(Scene.Contents().Seen! with
        {
            Backups =
            [
                Scene.Backup(Noon.AddHours(-50), isFull: true, 100),
                Scene.Backup(Noon.AddHours(-10), isFull: true, now),
            ],
        });

        Assert.Equal(
            expected,
            Find(
                facts with { Policy = facts.Policy with { Alerts = new AlertPolicy { BackupBelow = 50 } } },
                "backup_size").Verdict);
    }

    [Theory]
    [InlineData(null, Verdict.NotMeasured)]
    [InlineData(false, Verdict.Missed)]
    [InlineData(true, Verdict.Held)]
    public void LUKS_is_held_against_what_the_kernel_says(bool? isLuks, Verdict expected)
    {
        var facts = Scene.AllWell() with { Policy = Scene.FullPolicy };

        Assert.Equal(expected, Find(
            facts with
            {
                Repositories =
                [
                    facts.Repositories[0] with { Policy = Scene.FullPolicy.Repositories[0], IsLuks = isLuks },
                    facts.Repositories[1],
                ],
            },
            "volume_encrypted").Verdict);
    }

    // The scene has a full backup of each of 91 days up to 11 March, and 9 incremental ones of that day.
    [Theory]
    [InlineData(7, 4, 3, null, Verdict.Held, "7 of 7 days, 4 of 4 weeks, 3 of 3 months")]
    [InlineData(null, null, 12, null, Verdict.AtRisk, "4 of 12 months")]
    [InlineData(92, null, null, 5, Verdict.AtRisk, "5 of 5 newest, 91 of 92 days")]
    public void A_rule_by_calendar_is_held_against_the_backups_that_expire_would_keep_for_it(
        int? daily, int? weekly, int? monthly, int? count, Verdict expected, string measured)
    {
        var rule = new RetentionRule { Daily = daily, Weekly = weekly, Monthly = monthly, Count = count };
        var policy = Scene.Policy with
        {
            Retention = Scene.Policy.Retention with
            {
                Backup = new Dictionary<string, RetentionRule> { ["local"] = rule },
            },
        };
        var found = Find(Scene.AllWell() with { Policy = policy }, "kept_backups");

        Assert.Equal((expected, measured), (found.Verdict, found.Measured));
    }

    [Fact]
    public void A_rule_by_age_and_calendar_is_two_promises()
    {
        var rule = new RetentionRule { Age = new Duration(30, DurationUnit.Days), Monthly = 12 };
        var policy = Scene.Policy with
        {
            Retention = Scene.Policy.Retention with
            {
                Backup = new Dictionary<string, RetentionRule> { ["local"] = rule },
            },
        };

        Assert.Equal(
            [(Verdict.AtRisk, "backups by calendar"), (Verdict.Held, "backups of 30d")],
            Scene.StatusOf(Scene.AllWell() with { Policy = policy }).Promises
                .Where(p => p.Id == "kept_backups").Select(p => (p.Verdict, p.Promise)));
    }

    [Fact]
    public void The_worst_comes_first()
    {
        var verdicts = Scene.StatusOf(Scene.SeveralMissed()).Promises.Select(p => p.Verdict).ToList();

        Assert.Equal(verdicts.Order(), verdicts);
        Assert.Contains(Verdict.Missed, verdicts);
    }

    [Fact]
    public void Whatever_is_not_held_says_why_or_what_to_do()
        => Assert.All(
            new[] { Scene.Fresh(), Scene.SeveralMissed(), Scene.WithGap(), Scene.Unreachable(), Scene.Stopped() }
                .SelectMany(facts => Scene.StatusOf(facts).Promises)
                .Where(promise => promise.Verdict == Verdict.Missed),
            promise => Assert.True(
                promise.Next is { Length: > 0 } next && next[^1] is '.' or '?', $"{promise.Id}: '{promise.Next}'"));

    [Fact]
    public void Every_verdict_names_measures_of_the_catalogue()
    {
        var names = Measures.All.Select(m => m.Name).ToHashSet();

        Assert.All(
            Scene.StatusOf(Scene.SeveralMissed()).Promises,
            promise => Assert.Subset(names, promise.Measures.ToHashSet()));
    }

    [Theory]
    [InlineData(1, 30, Verdict.Held)]
    [InlineData(1, 45, Verdict.Held)]
    [InlineData(0, 59, Verdict.AtRisk)]
    [InlineData(0, 61, Verdict.Missed)]
    public void RPO_is_held_against_what_would_be_lost(int isIdle, int minutes, Verdict expected)
    {
        var facts = Scene.WithContents(Scene.Contents().Seen! with
        {
            // An idle server has nothing that waits; a lagging one has.
            Map = MapTo(Noon.AddMinutes(-minutes)),
            Last = Scene.Segment(isIdle == 1 ? 0x3fu : 0x39u, Noon.AddMinutes(-minutes)),
        });

        Assert.Equal(expected, Find(facts, "rpo").Verdict);
    }

    [Theory]
    [InlineData(34, 1.0, Verdict.Held)]
    [InlineData(200, 1.0, Verdict.AtRisk)]
    [InlineData(241, 1.0, Verdict.Missed)]
    [InlineData(130, 0.5, Verdict.Missed)]
    public void RTO_is_held_against_a_restore_at_today_s_size(int minutes, double share, Verdict expected)
    {
        var holds = Measuring.Of(Scene.AllWell())[Measures.NewestBackupHolds, "local"].Number!.Value;
        var facts = Scene.AllWell();

        Assert.Equal(expected, Find(
            facts with
            {
                Host = facts.Host with
                {
                    Restored = new RestoreRun(
                        Noon.AddDays(-3), TimeSpan.FromMinutes(minutes), (long)(holds * share)),
                },
            },
            "rto").Verdict);
    }

    [Theory]
    [InlineData("full_on_time", 10, Verdict.Held)]
    [InlineData("full_on_time", 34, Verdict.Missed)]
    [InlineData("incremental_on_time", 0.2, Verdict.Held)]
    [InlineData("incremental_on_time", 2.5, Verdict.Missed)]
    public void A_schedule_is_held_against_the_last_good_backup(string promise, double hoursAgo, Verdict expected)
        => Assert.Equal(
            expected,
            Find(
                Scene.WithContents(Scene.Contents().Seen! with
                {
                    Backups = [Scene.Backup(Noon.AddHours(-hoursAgo), isFull: true, 1 << 30)],
                }),
                promise).Verdict);

    [Fact]
    public void A_backup_that_is_just_due_is_not_missed_yet()
    {
        var late = Scene.AllWell() with { Now = Noon.AddMinutes(20) };

        Assert.Equal(Verdict.Held, Find(late, "incremental_on_time").Verdict);
        Assert.Equal(Verdict.Missed, Find(late with { Now = Noon.AddMinutes(31) }, "incremental_on_time").Verdict);
    }

    [Fact]
    public void A_damaged_backup_is_not_a_good_one()
    {
        var damaged = Scene.WithContents(Scene.Contents().Seen! with
        {
            Backups = [Scene.Backup(Noon.AddHours(-1), isFull: true, 1 << 30, isGood: false)],
        });

        Assert.Equal(Verdict.Missed, Find(damaged, "good_backup").Verdict);
        Assert.Equal(Verdict.Missed, Find(damaged, "full_on_time").Verdict);
        Assert.Equal(Verdict.Missed, Find(damaged, "undamaged_source").Verdict);
    }

    [Fact]
    public void Old_damage_before_a_good_backup_is_a_risk()
    {
        var mended = Scene.WithContents(Scene.Contents().Seen! with
        {
            Backups =
            [
                Scene.Backup(Noon.AddHours(-5), isFull: true, 1 << 30, isGood: false),
                Scene.Backup(Noon.AddHours(-1), isFull: true, 1 << 30),
            ],
        });

        Assert.Equal(Verdict.AtRisk, Find(mended, "undamaged_source").Verdict);
    }

    [Theory]
    [InlineData(100, 79, Verdict.Missed)]
    [InlineData(100, 80, Verdict.Held)]
    [InlineData(100, 300, Verdict.Held)]
    public void A_backup_is_held_against_the_one_before_of_its_kind(int before, int now, Verdict expected)
        => Assert.Equal(
            expected,
            Find(
                Scene.WithContents(Scene.Contents().Seen! with
                {
                    Backups =
                    [
                        Scene.Backup(Noon.AddHours(-50), isFull: true, before),
                        Scene.Backup(Noon.AddHours(-30), isFull: false, 7),
                        Scene.Backup(Noon.AddHours(-10), isFull: true, now),
                    ],
                }),
                "backup_size").Verdict);

    [Theory]
    [InlineData(0, false, Verdict.Held)]
    [InlineData(1, false, Verdict.Held)]
    [InlineData(5, false, Verdict.AtRisk)]
    [InlineData(11, false, Verdict.Missed)]
    [InlineData(0, true, Verdict.Missed)]
    public void Archiving_is_held_against_what_waits_and_not_against_the_last_success(
        int minutes, bool isFailing, Verdict expected)
    {
        var facts = Scene.AllWell();
        var status = facts.Archiver.Seen!.Status with { LastArchivedAt = Noon.AddDays(-3) };

        Assert.Equal(expected, Find(
            facts with
            {
                Archiver = Sighting<ArchiverFacts>.Of(facts.Archiver.Seen with
                {
                    Status = isFailing
                        ? status with { LastFailedFile = "00000001000000000000002D", LastFailedAt = Noon }
                        : status,
                }),
                Queue = Sighting<ArchiveQueue>.Of(minutes == 0
                    ? new ArchiveQueue(0, null, null, null)
                    : new ArchiveQueue(3, "00000001000000000000002D", Noon.AddMinutes(-minutes), null)),
            },
            "archiving").Verdict);
    }

    [Fact]
    public void An_archive_command_that_stores_elsewhere_is_seen()
    {
        var facts = Scene.AllWell();
        var elsewhere = facts with
        {
            Archiver = Sighting<ArchiverFacts>.Of(facts.Archiver.Seen! with
            {
                Status = facts.Archiver.Seen.Status with { LastArchivedFile = Scene.Name(1, 0x77) },
            }),
        };

        Assert.Equal(Verdict.Missed, Find(elsewhere, "archive_arrives").Verdict);
    }

    [Fact]
    public void A_server_that_archives_nothing_is_not_one_where_nothing_waits()
        => Assert.Equal(Verdict.Missed, Find(Scene.Fresh(), "archiving").Verdict);

    [Theory]
    [InlineData(-8, Verdict.Held)]
    [InlineData(-3, Verdict.AtRisk)]
    public void A_window_needs_its_whole_time(int days, Verdict expected)
        => Assert.Equal(
            expected,
            Find(
                Scene.WithContents(Scene.Contents().Seen! with
                {
                    Map = Scene.LineFrom(Noon.AddDays(days), Noon.AddMinutes(-2)),
                }),
                "window").Verdict);

    [Fact]
    public void A_gap_within_the_window_breaks_it_and_an_older_one_does_not()
    {
        Assert.Equal(Verdict.Missed, Find(Scene.WithGap(), "window").Verdict);
        Assert.Equal(Verdict.Held, Find(Scene.WithGap() with { Now = Noon.AddDays(3) }, "window").Verdict);
    }

    [Fact]
    public void The_first_moment_of_another_timeline_counts_where_a_recovery_went_on_from_it()
        => Assert.Equal(
            Verdict.Held,
            Find(Scene.WithContents(Scene.Contents().Seen! with { Map = Scene.ForkedMap() }), "window").Verdict);

    [Theory]
    [InlineData(14, Verdict.Held)]
    [InlineData(16, Verdict.Missed)]
    public void A_follower_is_held_against_the_oldest_file_that_it_lacks(int minutes, Verdict expected)
    {
        var facts = Scene.AllWell();
        var leader = Scene.Contents().Seen! with
        {
            Wal = new Dictionary<string, ArrivedWal>
            {
                // Its own window of 30 days has passed the first, and it has the second.
                [Scene.Name(1, 0x01)] = new(Noon.AddDays(-31), 5 << 20),
                [Scene.Name(1, 0x3f)] = new(Noon.AddHours(-3), 5 << 20),
                [Scene.Name(1, 0x40)] = new(Noon.AddMinutes(-minutes), 5 << 20),
            },
        };

        Assert.Equal(expected, Find(
            facts with
            {
                Repositories =
                [
                    facts.Repositories[0] with { Contents = Sighting<RepositoryContents>.Of(leader) },
                    facts.Repositories[1],
                ],
            },
            "offsite_within").Verdict);
    }

    [Theory]
    [InlineData(70, Verdict.Held)]
    [InlineData(77, Verdict.AtRisk)]
    [InlineData(81, Verdict.Missed)]
    public void A_volume_is_held_against_its_alert(int percent, Verdict expected)
    {
        var facts = Scene.AllWell();

        Assert.Equal(expected, Find(
            facts with
            {
                Repositories =
                [
                    facts.Repositories[0] with
                    {
                        Space = Sighting<SpaceFacts>.Of(new SpaceFacts(percent, 100 - percent)),
                    },
                    facts.Repositories[1],
                ],
            },
            "volume").Verdict);
    }

    [Theory]
    [InlineData("2026-06-01", Verdict.Held)]
    [InlineData("2026-03-20", Verdict.AtRisk)]
    [InlineData("2026-03-11", Verdict.AtRisk)]
    [InlineData("2026-03-10", Verdict.Missed)]
    public void A_review_is_due_at_the_end_of_its_day(string day, Verdict expected)
    {
        var facts = Scene.AllWell();
        var header = new PolicyHeader
        {
            NextReview = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture),
        };

        Assert.Equal(expected, Find(facts with { Policy = Scene.Policy with { Header = header } }, "review").Verdict);
    }

    [Fact]
    public void RPO_holds_without_a_server_where_even_the_archive_s_own_bound_is_low_enough()
    {
        Assert.Equal(Verdict.NotMeasured, Find(Scene.Stopped(), "rpo").Verdict);
        Assert.Equal(Verdict.Held, Find(Scene.Stopped() with { Now = Noon.AddMinutes(30) }, "rpo").Verdict);
    }

    [Fact]
    public void A_policy_that_promises_nothing_is_still_held_to_what_a_backup_is()
    {
        var facts = Scene.AllWell();
        var bare = facts with
        {
            Policy = Scene.Bare,
            Cluster = Scene.Bare.Clusters[0],
            Repositories = [Scene.Repository(Scene.Bare.Repositories[0], Scene.Contents())],
        };

        Assert.Equal(
            [
                "archive_arrives", "archiving", "backup_size", "good_backup", "keys_tried", "repository", "server",
                "settings", "undamaged_source", "verified", "wal_conflicts", "window",
            ],
            Scene.StatusOf(bare).Promises.Select(p => p.Id).Order());
    }

    static RecoveryMap MapTo(DateTimeOffset to)
    {
        var line = Scene.LineFrom(Noon.AddDays(-90), Noon.AddMinutes(-2)).Lines[0];
        return new RecoveryMap([line with { Spans = [line.Spans[0] with { To = to }] }]);
    }

    static ClusterFacts WithAlerts(AlertPolicy alerts)
        => Scene.AllWell() with { Policy = Scene.Policy with { Alerts = alerts } };

    static PromiseVerdict Find(ClusterFacts facts, string id)
        => Scene.StatusOf(facts).Promises.OrderBy(p => p.Repository, StringComparer.Ordinal)
            .First(p => p.Id == id);
}
