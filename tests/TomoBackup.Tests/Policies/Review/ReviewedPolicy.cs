using TomoBackup.Policies;
using TomoBackup.Policies.Review;

namespace TomoBackup.Tests.Policies.Review;

/// <summary>Policies to review, and the time of it.</summary>
static class ReviewedPolicy
{
    /// <summary>A policy that promises nothing wrong. Recipients are those of other tests: nobody has their
    /// keys.</summary>
    public const string Clean = """
        version: 1
        policy: { owner: Somebody, next_review: 2026-09-02 }
        objectives: { hosted: { rto: 4h, rpo: 1h } }
        clusters:
          main:
            objectives: hosted
            connection: host=/run/postgresql dbname=postgres
            databases: [tomo]
            wal: { archive_timeout: 5m, offsite_within: 15m }
            full: "0 2 * * *"
            incremental: "0 3-23 * * *"
            dump: "0 3 * * 0"
            heartbeat: 10m
        repositories:
          local: { store: "file:///backup", volume: { encrypted: luks, separate: true } }
          offsite:
            store: "s3://backups"
            follows: local
            may_delete: false
            keeps_versions: true
            lifecycle: { wal: 45d, backup: 46d, dump: 105d }
        encryption:
          recipients:
            - age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj
            - age1tv9vzt5aq2lmp3ekgd3jstkzsr7gdjx9nyvf3mmryd7ttc7a0qpqpyfhfl
        retention: { wal: 30d, backup: 30d, dump: 90d, config: forever }
        configuration:
          tls: { files: [/etc/letsencrypt], at: "0 5 * * *" }
        tests:
          restore:
            at: "0 4 * * 3"
            queries:
              - { database: tomo, sql: "SELECT count(*) FROM ag_catalog.ag_graph", expect: ">= 1" }
          drill: { every: 12mo, repository: offsite }
        alerts:
          email: { to: [security@example.org], smtp: "smtp://localhost:25" }
          webhook: [ { url: "https://hooks.example.org/backup" } ]
          wal_older_than: 10m
        """;

    // Lines of it that tests take away or change.
    public const string Objectives = "    objectives: hosted\n";
    public const string Full = "    full: \"0 2 * * *\"\n";
    public const string Incremental = "    incremental: \"0 3-23 * * *\"\n";
    public const string Heartbeat = "    heartbeat: 10m\n";
    public const string Bucket = "    store: \"s3://backups\"\n";
    public const string Lifecycle = "    lifecycle: { wal: 45d, backup: 46d, dump: 105d }\n";
    public const string Versions = "    keeps_versions: true\n";
    public const string MayNotDelete = "    may_delete: false\n";
    public const string Retention = "{ wal: 30d, backup: 30d, dump: 90d, config: forever }";
    public const string Files = "configuration:\n  tls: { files: [/etc/letsencrypt], at: \"0 5 * * *\" }\n";
    public const string Test = "  restore:\n    at: \"0 4 * * 3\"\n" + Queries;
    public const string Drill = "  drill: { every: 12mo, repository: offsite }\n";
    public const string Mail = "  email: { to: [security@example.org], smtp: \"smtp://localhost:25\" }\n";
    public const string Webhook = "  webhook: [ { url: \"https://hooks.example.org/backup\" } ]\n";

    public const string Queries =
        "    queries:\n"
        + "      - { database: tomo, sql: \"SELECT count(*) FROM ag_catalog.ag_graph\", expect: \">= 1\" }\n";

    public const string Recipients =
        "encryption:\n  recipients:\n"
        + "    - age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\n"
        + "    - age1tv9vzt5aq2lmp3ekgd3jstkzsr7gdjx9nyvf3mmryd7ttc7a0qpqpyfhfl\n";

    /// <summary>A Tuesday.</summary>
    public static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The clean policy with places changed: each pair is what stands there and what stands there then. Fails
    /// where it does not stand there, so that no test can change nothing.</summary>
    public static string With(IReadOnlyList<string> changes)
    {
        var text = Clean + "\n";

        foreach (var pair in changes.Chunk(2))
            text = text.Contains(pair[0], StringComparison.Ordinal)
                ? text.Replace(pair[0], pair[1], StringComparison.Ordinal)
                : throw new ArgumentException($"the clean policy does not hold '{pair[0]}'", nameof(changes));

        return text;
    }

    /// <summary>Reads a policy without faults.</summary>
    public static BackupPolicy Read(string text)
    {
        var reading = PolicyFile.Parse(text);
        Assert.Empty(reading.Findings.Select(finding => $"line {finding.Line}: {finding.Message}"));
        return reading.Policy!;
    }

    /// <summary>Reviews a policy's text.</summary>
    public static PolicyReview Review(string text, ObservedFacts? observed = null)
        => PolicyReviewer.Review(Read(text), observed, Now);

    /// <summary>The ids that a review found, each once, but for what this version does not execute.</summary>
    public static IReadOnlyList<string> IdsOf(PolicyReview review)
        => [.. review.Findings.Select(finding => finding.Id).Distinct().Where(id => id is not "not-executed")];
}
