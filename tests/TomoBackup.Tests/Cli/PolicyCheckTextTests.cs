using TomoBackup.Cli.Output;
using TomoBackup.Policies;
using TomoBackup.Policies.Review;
using TomoBackup.Testing;
using TomoBackup.Tests.Policies.Review;

namespace TomoBackup.Tests.Cli;

/// <summary>What people and scripts see of a review.</summary>
public sealed class PolicyCheckTextTests
{
    /// <summary>The policy that tomo would write, as the design has it.</summary>
    const string Tomo = """
        version: 1
        policy: { title: Backup and Recovery Policy, owner: "Greg Felice, Project Lead", effective: 2026-03-02,
                  last_review: 2026-03-02, next_review: 2026-09-02 }
        objectives:
          hosted:      { rto: 4h,  rpo: 1h }
          development: { rto: 24h, rpo: 24h }
        clusters:
          main:
            objectives: hosted
            connection: host=/var/run/postgresql port=5432 user=tomo_backup dbname=postgres
            databases: [tomo]
            wal:      { archive_timeout: 5m, offsite_within: 15m }
            full:        "0 2 * * *"
            incremental: "0 3-23 * * *"
            dump:        "0 3 * * 0"
            heartbeat: 1m
        repositories:
          local:   { store: "file:///backup", volume: { encrypted: luks, separate: true, alert_above: 80% } }
          offsite: { store: "s3://tomo-backups", endpoint: "https://s3.us-west.example.com", follows: local,
                     access_key: { file: /etc/tomo-backup/b2.id }, secret_key: { credential: b2-key },
                     lifecycle: { wal: 45d, backup: 120d, dump: 105d } }
        encryption:
          recipients: [age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj,
                       age1tv9vzt5aq2lmp3ekgd3jstkzsr7gdjx9nyvf3mmryd7ttc7a0qpqpyfhfl]
          identity: { file: /etc/tomo-backup/recovery.key }
        retention:
          wal: { local: 7d, offsite: 30d }
          backup: { local: 30d, offsite: 90d }
          dump: { local: 30d, offsite: 90d }
          config: { local: forever, offsite: forever }
          evidence: 12mo
        configuration:
          forge:     { forgejo: "https://git.example.org", token: { credential: forge }, on: 1h }
          tls:       { files: [/etc/letsencrypt], at: "0 5 * * *" }
        tests:
          restore: { at: "0 4 * * 3", choose: [latest, random], repository: local,
                     queries: [ { database: tomo, sql: "SELECT count(*) FROM ag_catalog.ag_graph", expect: ">= 1" } ] }
          drill:   { every: 12mo, repository: offsite }
        alerts:
          email:   { to: [security@example.org], smtp: "smtp://localhost:25" }
          webhook: [ { url: "https://hooks.example.org/backup", secret: { credential: hook } } ]
        compliance: { framework: soc2 }
        """;

    static readonly string Faulty = ReviewedPolicy.With(
    [
        "rpo: 1h", "rpo: 10m", "dump: 105d", "dump: 105d, keys/: 90d", "2026-09-02", "2026-04-01",
    ]);

    [Theory]
    [InlineData("tomo", Tomo)]
    [InlineData("clean", ReviewedPolicy.Clean)]
    public void A_review_of_the_file_alone_is_told_as_approved(string name, string text)
        => Verify($"policy-check-{name}", Report(text, null), json: false);

    [Fact]
    public void A_review_with_errors_is_told_as_approved()
        => Verify("policy-check-errors", Report(Faulty, null), json: false);

    [Fact]
    public void A_review_for_scripts_is_told_as_approved()
        => Verify("policy-check-json", Report(Faulty, null), json: true);

    [Fact]
    public void A_live_review_is_told_as_approved()
        => Verify(
            "policy-check-live",
            Report(ReviewedPolicy.Clean, ReviewedHost.With(new RunHistory(null, null)) with
            {
                Strangers = [new RunningServer("/srv/\e[31mother", 5433)],
                Unseen = [new UnseenFact("repositories.offsite", "'main' in repository 'offsite'", "no route to host")],
            }),
            json: false);

    [Fact]
    public void The_policy_of_tomo_gives_what_is_meant_and_what_is_not_executed_yet()
        => Assert.Equal(
            ["offsite-key-may-delete", "backups-outlive-wal", "heartbeat-switches-wal", "simple-mode"],
            ReviewedPolicy.IdsOf(ReviewedPolicy.Review(Tomo)));

    [Fact]
    public void Ends_with_the_worst_of_its_findings()
    {
        Assert.Equal(ErrorCode.Policy, Report(Faulty, null).Result);
        Assert.Equal(ErrorCode.Ok, Report(ReviewedPolicy.Clean, null).Result);
        Assert.Equal(ErrorCode.Ok, Only(FindingKinds.SimpleMode, strict: false).Result);
        Assert.Equal(ErrorCode.Warnings, Only(FindingKinds.SimpleMode, strict: true).Result);
        Assert.Equal(ErrorCode.Warnings, Only(FindingKinds.OneHost, strict: false).Result);
        Assert.Equal(ErrorCode.Ok, Only(null, strict: true).Result);
    }

    static PolicyCheckReport Only(FindingKind? kind, bool strict)
        => Report(ReviewedPolicy.Clean, null) with
        {
            Review = new PolicyReview([], kind is null ? [] : [kind.At("clusters", "a", "B.")]),
            IsStrict = strict,
        };

    static PolicyCheckReport Report(string text, ObservedFacts? observed)
        => new(
            "/etc/tomo-backup/policy.yaml", ReviewedPolicy.Read(text), PolicyPlaces.Of(text),
            ReviewedPolicy.Review(text, observed), observed is not null, IsStrict: false);

    static void Verify(string name, PolicyCheckReport report, bool json)
    {
        var terminal = new CapturedTerminal();
        var mode = new ReportMode(Json: json, Color: false);
        PolicyCheckText.Show(report, new TomoBackup.Cli.Output.Report(terminal, mode));
        Approval.Verify($"{terminal.Spoken}{terminal.Complained}", $"told-{name}");
    }
}
