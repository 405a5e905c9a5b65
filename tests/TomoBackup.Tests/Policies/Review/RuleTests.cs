using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using static TomoBackup.Tests.Policies.Review.ReviewedPolicy;

namespace TomoBackup.Tests.Policies.Review;

/// <summary>Where each rule about the policy alone begins: what just fires it, and what just does not.</summary>
public sealed class RuleTests
{
    public static TheoryData<string, string[], string[]> Boundaries => new()
    {
        { "archive-timeout-beyond-rpo", ["rpo: 1h", "rpo: 299s"], ["rpo: 1h", "rpo: 300s"] },
        { "rpo-exceeded", ["within: 15m", "within: 3301s"], ["within: 15m", "within: 55m"] },
        { "offsite-within-missing", [", offsite_within: 15m", ""], ["within: 15m", "within: 1s"] },
        { "objectives-missing", [Objectives, ""], ["rto: 4h", "rto: 1s"] },
        { "heartbeat-switches-wal", ["heartbeat: 10m", "heartbeat: 595s"], ["heartbeat: 10m", "heartbeat: 10m"] },
        {
            "heartbeat-switches-wal",
            ["heartbeat: 10m", "heartbeat: 1m", "timeout: 5m", "timeout: 595s"],
            ["heartbeat: 10m", "heartbeat: 1m", "timeout: 5m", "timeout: 10m"]
        },
        { "idle-looks-late", [Heartbeat, ""], [Heartbeat, "", "  wal_older_than: 10m\n", ""] },
        { "incremental-without-full", [Full, ""], [Full, "", Incremental, ""] },
        { "no-full-schedule", [Full, "", Incremental, ""], [Incremental, ""] },
        { "schedules-collide", ["\"0 3 * * 0\"", "\"0 2 * * 0\""], ["\"0 3 * * 0\"", "\"1 2 * * 0\""] },
        {
            "schedules-collide",
            [Incremental, Incremental + "    audit: \"0 3 * * 0\"\n"],
            [Incremental, Incremental + "    audit: \"30 3 * * 0\"\n"]
        },
        { "schedules-collide", ["every: 12mo", "at: \"0 2 1 1 *\""], ["every: 12mo", "at: \"0 5 1 1 *\""] },
        { "schedules-collide", [Heartbeat, Heartbeat + Other("0 2")], [Heartbeat, Heartbeat + Other("30 2")] },
        { "lifecycle-deletes-keys", ["105d", "105d, his: 900d"], ["105d", "105d, histories/: 900d"] },
        { "lifecycle-too-early", ["wal: 45d", "wal: 40d"], ["wal: 45d", "wal: 41d"] },
        {
            "lifecycle-one-age-for-all",
            ["backup: 46d", "backup: 45d", "backup: 30d", "backup: 31d"],
            ["backup: 30d", "backup: 31d"]
        },
        {
            "lock-without-end",
            [MayNotDelete, MayNotDelete + "    object_lock: compliance\n", Full, ""],
            [MayNotDelete, MayNotDelete + "    object_lock: governance\n"]
        },
        { "generation-unknown", [Full, ""], [Full, "", Lifecycle, ""] },
        { "backups-outlive-wal", ["backup: 30d", "backup: 31d"], ["backup: 30d", "backup: 29d"] },
        { "retention-missing", ["dump: 90d", "dump: { offsite: 90d }"], ["dump: 90d", "dump: { local: 90d }"] },
        {
            "nothing-deletes",
            [Lifecycle, ""],
            [Lifecycle, "", ReviewedPolicy.Retention, "{ wal: forever, backup: forever }"]
        },
        {
            "follower-keeps-less",
            ["wal: 30d", "wal: { local: 31d, offsite: 30d }"],
            ["wal: 30d", "wal: { local: 30d, offsite: 31d }"]
        },
        {
            "follower-keeps-less",
            ["backup: 30d", "backup: { local: { count: 31 }, offsite: 30d }"],
            ["backup: 30d", "backup: { local: { count: 30 }, offsite: 30d }"]
        },
        { "write-key-can-hide", [Versions, ""], [Versions, "    object_lock: governance\n"] },
        { "write-key-can-hide", [Versions, ""], [Versions, "", MayNotDelete, ""] },
        { "one-host", [Bucket, "    store: \"file:///b\"\n", Lifecycle, ""], ["s3://backups", "rclone:b2:backups"] },
        { "offsite-key-may-delete", [MayNotDelete, ""], ["  local: {", "  local: { may_delete: true,"] },
        { "simple-mode", ["encryption:\n", "encryption:\n  identity: { file: /k }\n"], [] },
        { "recipients-not-named", [Recipients, ""], [] },
        { "no-restore-test", [Test, ""], [Queries, ""] },
        { "test-asks-nothing", [Queries, ""], [] },
        {
            "query-names-no-table",
            ["ag_catalog.ag_graph", "AG_CATALOG . AG_EDGE"],
            ["FROM ag_catalog.ag_graph", "FROM ag_catalog.ag_label, ag_catalog.ag_f(1), g._ag_label_vertex"]
        },
        { "no-drill", [Drill, ""], [] },
        {
            "drill-not-offsite",
            ["repository: offsite", "repository: local"],
            ["repository: offsite", "repository: local", "    follows: local\n", ""]
        },
        { "no-alerts", [Webhook, "", Mail, ""], [Webhook, ""] },
        { "alerts-die-with-host", ["https://hooks.example.org/backup", "http://127.0.0.1/backup"], [Mail, ""] },
        { "review-overdue", ["2026-09-02", "2026-03-09"], ["2026-09-02", "2026-03-10"] },
        { "review-due-soon", ["2026-09-02", "2026-04-09"], ["2026-09-02", "2026-04-10"] },
        { "review-undated", [", next_review: 2026-09-02", ""], [] },
        { "nothing-beside-clusters", [Files, ""], [] },
    };

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void Each_rule_begins_where_it_says(string id, string[] fires, string[] silent)
    {
        Assert.Contains(id, Ids(fires));
        Assert.DoesNotContain(id, Ids(silent));
    }

    [Fact]
    public void What_is_not_executed_is_told_once_for_each_part()
    {
        const string Id = "not-executed";
        var more = Ids(["alerts:\n", "compliance: { framework: soc2 }\nalerts:\n"]);

        Assert.Equal(Ids([]).Count(id => id is Id) + 1, more.Count(id => id is Id));
        Assert.DoesNotContain(Id, PolicyReviewer.Review(
            ReviewedPolicy.Read(PolicyText.Least), null, ReviewedPolicy.Now).Findings.Select(finding => finding.Id));
    }

    [Fact]
    public void A_schedule_that_never_runs_is_found_wherever_it_stands()
    {
        Assert.True(Schedule.TryParse("0 0 30 2 *", out var never));
        var policy = ReviewedPolicy.Read(ReviewedPolicy.Clean);
        var review = PolicyReviewer.Review(
            policy with { Clusters = [policy.Clusters[0] with { Dump = never }] }, null, ReviewedPolicy.Now);

        Assert.Equal("clusters.main.dump", Single(review, "schedule-never-runs").Path);
    }

    [Fact]
    public void One_recipient_alone_is_an_error()
    {
        var policy = ReviewedPolicy.Read(ReviewedPolicy.Clean);
        var one = policy.Encryption with { Recipients = [policy.Encryption.Recipients[0]] };

        Assert.Equal(
            ReviewSeverity.Error,
            Single(PolicyReviewer.Review(policy with { Encryption = one }, null, ReviewedPolicy.Now), "one-recipient")
                .Severity);
    }

    [Fact]
    public void A_rule_of_the_bucket_is_measured_against_all_that_the_promise_needs()
        => Assert.Equal(
            "'offsite' deletes WAL after 40d, the promise needs 41d: window 30d + generation 1d + 7d to verify + 3d "
                + "margin",
            Single(Reviewed(["lifecycle: { wal: 45d", "lifecycle: { wal: 40d"]), "lifecycle-too-early").Reason);

    [Fact]
    public void A_generation_lasts_as_long_as_the_longest_gap_between_full_backups()
        => Assert.Contains(
            "window 30d + generation 3d",
            Single(
                Reviewed(["full: \"0 2 * * *\"", "full: \"0 2 * * 1-5\"", "wal: 45d", "wal: 42d"]),
                "lifecycle-too-early").Reason);

    [Fact]
    public void What_is_kept_for_ever_may_be_deleted_by_no_rule()
        => Assert.Equal(
            ["'offsite' deletes copies of configuration after 900d, and the policy keeps them for ever"],
            Reviewed(["dump: 105d", "dump: 105d, config/: 900d"]).Findings
                .Where(finding => finding.Id is "lifecycle-too-early").Select(finding => finding.Reason));

    [Fact]
    public void A_heartbeat_says_how_many_segments_it_makes()
        => Assert.Contains(
            "it archives 288 segments a day, used or not; more than 144 are told",
            Single(Reviewed(["heartbeat: 10m", "heartbeat: 1m"]), "heartbeat-switches-wal").Reason);

    [Fact]
    public void The_worst_case_of_each_repository_is_a_sum_that_can_be_read()
        => Assert.Equal(
            [
                "main local 5m archive_timeout 5m 1h True",
                "main offsite 20m archive_timeout 5m + offsite_within 15m 1h True",
            ],
            Reviewed([]).WorstCases.Select(worst => $"{worst.Cluster} {worst.Repository} "
                + $"{worst.AtMost!.Value.InPolicyWords} {worst.Sum} {worst.Rpo} {worst.IsKept}"));

    [Fact]
    public void An_incremental_backup_may_meet_whatever_else_runs()
        => Assert.DoesNotContain(
            "schedules-collide", Ids(["incremental: \"0 3-23 * * *\"", "incremental: \"0 * * * *\""]));

    [Fact]
    public void Findings_are_told_worst_first()
    {
        var severities = Reviewed(["2026-09-02", "2026-03-12", "rpo: 1h", "rpo: 1s", "    may_delete: false\n", ""])
            .Findings.Select(finding => finding.Severity).ToList();

        Assert.Equal(severities.Order(), severities);
        Assert.Equal(3, severities.Distinct().Count());
    }

    [Theory]
    [InlineData("1mo", "28d", "31d")]
    [InlineData("12mo", "365d", "366d")]
    [InlineData("90s", "1m 30s", "1m 30s")]
    [InlineData("25h", "1d 1h", "1d 1h")]
    public void Months_are_as_long_as_is_worse(string text, string shortest, string longest)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal((shortest, longest), (duration.Shortest.InPolicyWords, duration.Longest.InPolicyWords));
    }

    static string Other(string when)
        => "  other:\n    objectives: hosted\n    connection: host=/run/postgresql port=5433\n"
            + $"    wal: {{ offsite_within: 15m }}\n    heartbeat: 10m\n    full: \"{when} * * *\"\n";

    static PolicyReview Reviewed(string[] changes) => ReviewedPolicy.Review(ReviewedPolicy.With(changes));

    static List<string> Ids(string[] changes) => [.. Reviewed(changes).Findings.Select(finding => finding.Id)];

    static ReviewFinding Single(PolicyReview review, string id)
        => Assert.Single(review.Findings, finding => finding.Id == id);
}
