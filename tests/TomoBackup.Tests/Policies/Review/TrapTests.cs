using static TomoBackup.Tests.Policies.Review.ReviewedPolicy;

namespace TomoBackup.Tests.Policies.Review;

/// <summary>
/// The traps that a careful reader finds in a policy made of shell scripts (tomo's own, and with it most others): for
/// each that a policy file can show, a policy that falls into it and into no other, and what is found.
/// </summary>
public sealed class TrapTests
{
    // Traps that no policy file can show, and where the program removes them:
    //   roles, tablespaces, extensions forgotten   Backups/DataDirectoryWalk, ClusterDescription: the whole cluster
    //   'test ! -f && cp' tears, blocks for ever   Archiving/WalPusher: same content again is success, other refused
    //   the restore never unpacks the WAL          Backups/WalCollector: a backup carries it, Restores lays it out
    //   a failing pg_dump in a pipe looks good     no shell stands between the parts
    //   a write key can overwrite                  IObjectStore has no overwrite; names are unique
    //   the test takes a running backup            Repositories/Catalog: without a manifest there is no backup
    //   the test inherits archive_command          Restores/RecoveryConfiguration: a copy never archives
    //   a log file that anyone can edit            evidence comes with a later version
    //   AGE graphs unusable after a dump           a physical backup does not touch them; dumps come later
    //   no checksums are recorded                  Repositories/FileList: one for each file
    // Those that only looking shows are in ObservedRuleTests: a key never tried, an idle server that looks late.
    public static TheoryData<string, string[], string> Traps => new()
    {
        { "2: what lies beside the database is forgotten", [Files, ""], "nothing-beside-clusters" },
        { "3: nobody says what is promised", [Objectives, ""], "objectives-missing" },
        { "3: nothing measures the objectives", [Test, ""], "no-restore-test" },
        {
            "4.1: a job that never ran exits with nothing",
            [Full, "", Incremental, ""],
            "generation-unknown no-full-schedule"
        },
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
        {
            "4.5: one rule of 90 days contradicts 30 days of WAL",
            ["wal: 45d, backup: 46d", "wal: 90d, backup: 90d", "backup: 30d", "backup: 75d"],
            "lifecycle-one-age-for-all backups-outlive-wal"
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
        { "8: the alert cries on an idle server", [Heartbeat, ""], "idle-looks-late" },
        { "9: backups are older than their WAL", ["{ wal: 30d,", "{ wal: 7d,"], "backups-outlive-wal" },
        {
            "9: nothing is ever removed",
            ["wal: 30d, backup: 30d", "wal: { offsite: 30d }, backup: { offsite: 30d }"],
            "retention-missing"
        },
        { "10: the review is overdue", ["2026-09-02", "2026-03-09"], "review-overdue" },
    };

    [Theory]
    [MemberData(nameof(Traps))]
    public void Each_trap_is_found_and_nothing_else(string trap, string[] changes, string expected)
        => Assert.Equal(
            (trap, expected),
            (trap, string.Join(' ', ReviewedPolicy.IdsOf(ReviewedPolicy.Review(ReviewedPolicy.With(changes))))));

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
