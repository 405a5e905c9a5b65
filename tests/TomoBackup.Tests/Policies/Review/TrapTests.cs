using TomoBackup.Policies.Review;
using TomoBackup.Tests.Architecture;
using static TomoBackup.Tests.Policies.Review.ReviewedPolicy;

namespace TomoBackup.Tests.Policies.Review;

/// <summary>
/// The traps that a careful reader finds in a policy made of shell scripts (tomo's own, and with it most others): for
/// each that a policy file can show, a policy that falls into it and into no other, and the one thing that is found.
/// For those that only looking shows, what is seen; for those that neither shows, the test that does.
/// </summary>
public sealed class TrapTests
{
    public static TheoryData<string, string[], string> Traps => new()
    {
        { "2: what lies beside the database is forgotten", [Files, ""], "nothing-beside-clusters" },
        { "3: nobody says what is promised", [Objectives, ""], "objectives-missing" },
        { "3: nothing measures the objectives", [Test, ""], "no-restore-test" },
        { "4.2: the switch is forced too late", ["rpo: 1h", "rpo: 4m"], "archive-timeout-beyond-rpo" },
        { "4.2: the copy elsewhere comes too late", ["offsite_within: 15m", "offsite_within: 56m"], "rpo-exceeded" },
        { "4.2: nobody says how late it may be", [", offsite_within: 15m", ""], "offsite-within-missing" },
        { "4.2: an idle server archives all day", ["heartbeat: 10m", "heartbeat: 1m"], "heartbeat-switches-wal" },
        {
            "4.2: all lies on one host",
            [Bucket, "    store: \"file:///copy\"\n", Lifecycle, "", MayNotDelete, ""],
            "one-host"
        },
        { "4.3: the failure mail is sent by the dead host", [Webhook, ""], "alerts-die-with-host" },
        { "4.5: a write key can remove", [MayNotDelete, ""], "offsite-key-may-delete" },
        { "4.5: a write key can still hide and overwrite", [Versions, ""], "write-key-can-hide" },
        {
            "4.5: one rule of 90 days contradicts 30 days of WAL",
            ["wal: 45d, backup: 46d", "wal: 90d, backup: 90d", "{ wal: 30d,", "{ wal: 75d,"],
            "lifecycle-one-age-for-all"
        },
        { "4.5: the base goes under a living incremental", ["backup: 46d", "backup: 30d"], "lifecycle-too-early" },
        { "4.5: the one rule has no prefix", ["dump: 105d", "dump: 105d, \"\": 90d"], "lifecycle-deletes-keys" },
        { "4.5: the one rule takes the keys", ["dump: 105d", "dump: 105d, keys/: 900d"], "lifecycle-deletes-keys" },
        {
            "5: the key lies beside the backups",
            ["encryption:\n", "encryption:\n  identity: { file: /k }\n"],
            "simple-mode"
        },
        { "6.1: the query names no table of AGE", ["ag_graph", "ag_vertex"], "query-names-no-table" },
        { "7.1: the test meets the backup", ["at: \"0 4 * * 3\"", "at: \"0 2 * * 3\""], "schedules-collide" },
        { "7.3: there is no drill", [Drill, ""], "no-drill" },
        {
            "7.3: the drill has the local backups",
            ["repository: offsite", "repository: local"],
            "drill-not-offsite"
        },
        {
            "8: a job that never ran exits with nothing",
            [Full, "", Incremental, "", Lifecycle, "    lifecycle: { dump: 105d }\n"],
            "no-full-schedule"
        },
        { "8: the alert cries on an idle server", [Heartbeat, ""], "idle-looks-late" },
        { "9: backups are older than their WAL", ["{ wal: 30d,", "{ wal: 7d,"], "backups-outlive-wal" },
        {
            "9: nothing is ever removed",
            ["dump: 90d", "dump: { offsite: 90d }"],
            "retention-missing"
        },
        {
            "9: what the copy elsewhere gave up is never let go here",
            ["wal: 30d, backup: 30d", "wal: 30d, backup: { local: 30d, offsite: 29d }"],
            "follower-keeps-less"
        },
        { "10: the review is overdue", ["2026-09-02", "2026-03-09"], "review-overdue" },
    };

    [Theory]
    [MemberData(nameof(Traps))]
    public void Each_trap_is_found_and_nothing_else(string trap, string[] changes, string expected)
        => Assert.Equal(
            (trap, expected),
            (trap, string.Join(' ', ReviewedPolicy.IdsOf(ReviewedPolicy.Review(ReviewedPolicy.With(changes))))));

    /// <summary>The policy is clean; what is seen of the host is not.</summary>
    static readonly Dictionary<string, (ObservedFacts Seen, string Id)> Live = new()
    {
        ["2: a database is forgotten"] = (
            ReviewedHost.With(ReviewedHost.Cluster with { Databases = ["postgres", "tomo", "graphs"] }),
            "database-not-covered"),
        ["2: the development server is forgotten"] = (
            ReviewedHost.Well with { Strangers = [new RunningServer("/srv/dev", 5433)] }, "cluster-not-covered"),
        ["3: nothing measures the objectives today"] = (
            ReviewedHost.With(new RunHistory(ReviewedPolicy.Now, null)), "rto-not-measured"),
        ["4.2: 'test ! -f && cp' is not atomic, not synced, and blocks for ever after a crash"] = (
            ReviewedHost.With(ReviewedHost.Server with { ArchiveCommand = "test ! -f /a/%f && cp %p /a/%f" }),
            "archive-command-differs"),
        ["4.2: the archive directory is not on a filesystem of its own"] = (
            ReviewedHost.With(ReviewedHost.Volume with { SharedWith = ["main"] }), "volume-not-separate"),
        ["5: no LUKS under the local backups"] = (
            ReviewedHost.With(ReviewedHost.Volume with { IsLuks = false }), "volume-not-luks"),
        ["5: a key that was never tried"] = (
            ReviewedHost.With(new RunHistory(null, TimeSpan.FromHours(1))), "key-never-tried"),
    };

    public static TheoryData<string> LiveTraps => [.. Live.Keys];

    [Theory]
    [MemberData(nameof(LiveTraps))]
    public void Each_trap_that_only_looking_shows_is_found_and_nothing_else(string trap)
        => Assert.Equal(
            [Live[trap].Id],
            ReviewedPolicy.IdsOf(ReviewedPolicy.Review(ReviewedPolicy.Clean, Live[trap].Seen)));

    /// <summary>An idle server closes no segment, so the age of its newest WAL says nothing.</summary>
    [Fact]
    public void An_idle_server_is_not_a_lagging_one()
        => Assert.Empty(ReviewedPolicy.IdsOf(ReviewedPolicy.Review(
            ReviewedPolicy.Clean,
            ReviewedHost.With(ReviewedHost.Archive with { NewestWal = ReviewedPolicy.Now.AddDays(-9) }))));

    /// <summary>Traps of what this version does not do at all: the policy that asks for it is told so.</summary>
    [Theory]
    [InlineData("4.4: a failing pg_dump in a pipe looks like success", "clusters.main.dump")]
    [InlineData("4.4: roles are lost, AGE graphs are unusable after a clean restore", "clusters.main.dump")]
    [InlineData("4.6: configuration is forgotten", "configuration.tls")]
    [InlineData("7.2: a log file that anyone can edit", "compliance")]
    [InlineData("7.3: no checksums are ever recorded", "tests.drill")]
    public void Each_trap_of_what_is_not_executed_is_told_at_its_place(string trap, string path)
        => Assert.Equal(
            (trap, 1),
            (trap, ReviewedPolicy.Review(
                ReviewedPolicy.With(["alerts:\n", "compliance: { framework: soc2 }\nalerts:\n"])).Findings
                    .Count(finding => finding.Id is "not-executed" && finding.Path == path)));

    /// <summary>Traps of scripts that neither a policy nor a look at the host can show: the program does not fall into
    /// them, and a test shows that.</summary>
    [Theory]
    [InlineData("2: tablespaces are forgotten",
        "Scenarios/MainJob/RestoredDirectoryTests.cs",
        "Pg_verifybackup_accepts_it_and_a_tablespace_is_in_its_new_place")]
    [InlineData("2: config files outside the data directory are forgotten",
        "Scenarios/MainJob/OutsideConfigurationTests.cs", "In_place_a_file_outside_that_is_gone_comes_back")]
    [InlineData("2: roles and extension versions are forgotten",
        "Scenarios/Setup/WholeClusterTests.cs", "Roles_and_extensions_come_back_as_they_were")]
    [InlineData("4.2: what is archived is not synced",
        "Scenarios/Faults/SyncFaultTests.cs", "A_push_that_could_not_sync_is_not_acknowledged")]
    [InlineData("4.2: the archive blocks for ever after a crash",
        "Scenarios/Faults/KillTests.cs", "A_killed_push_loses_no_segment_and_holds_up_none")]
    [InlineData("4.3: the restore never unpacks the WAL",
        "Scenarios/MainJob/RestoreToAMomentTests.cs", "Immediate_brings_back_the_end_of_the_backup")]
    [InlineData("4.5: a write key overwrites and hides",
        "Scenarios/S3/TakenOverHostTests.cs",
        "Everything_inside_the_window_comes_back_after_all_was_overwritten_hidden_and_deleted")]
    [InlineData("7.1: the test takes a backup that is still running",
        "Scenarios/Faults/KillTests.cs", "A_killed_backup_is_never_listed_unless_it_is_whole")]
    [InlineData("7.1: the copy inherits archive_command",
        "Scenarios/MainJob/RestoreToAMomentTests.cs", "Latest_brings_back_all_that_was_archived")]
    public void Each_trap_that_no_policy_can_show_has_its_test(string trap, string file, string test)
        => Assert.True(
            SourceTree.Read($"tests/TomoBackup.{file}").Contains($" {test}(", StringComparison.Ordinal),
            $"{trap}: '{test}' is not in '{file}'");

    [Fact]
    public void The_policy_that_falls_into_none_gives_only_what_is_not_executed_yet()
    {
        var review = ReviewedPolicy.Review(ReviewedPolicy.Clean);

        Assert.Equal(
            [
                "alerts.email", "alerts.wal_older_than", "alerts.webhook", "clusters.main.dump",
                "clusters.main.heartbeat", "configuration.tls",
                "retention.config", "retention.dump", "tests.drill", "tests.restore",
            ],
            review.Findings.Where(finding => finding.Id is "not-executed").Select(finding => finding.Path).Order());
        Assert.Empty(ReviewedPolicy.IdsOf(review));
        Assert.Empty(ReviewedPolicy.IdsOf(ReviewedPolicy.Review(ReviewedPolicy.Clean, ReviewedHost.Well)));
    }
}
