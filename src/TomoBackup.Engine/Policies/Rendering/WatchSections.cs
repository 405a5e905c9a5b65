namespace TomoBackup.Policies.Rendering;

/// <summary>The sections on testing, monitoring and retention.</summary>
static class WatchSections
{
    public static DocumentSection Testing(BackupPolicy policy, UnexecutedNotes notes)
    {
        var blocks = new List<DocumentBlock>
        {
            new DocumentBlock.Paragraph(
                $"""
                A backup is worth what its last restore showed. `tomo-backup verify --deep` reads and authenticates
                every stored byte; it does not replace a restore.
                """),
        };

        if (policy.Tests.Restore is { } test)
        {
            blocks.Add(new DocumentBlock.Paragraph(
                $"""
                *Restore test:* {PolicyWords.Of(test.Rhythm)}, of
                {PolicyWords.List([.. test.Choose.Select(Chosen)])} backup from
                {test.Repository ?? policy.Repositories[0].Name}, into a sandbox that cannot touch production.
                """));

            if (test.Queries.Count > 0)
                blocks.Add(new DocumentBlock.Grid(
                    ["Database", "Question", "Expected"],
                    [.. test.Queries.Select(query => (IReadOnlyList<Prose>)
                        [$"{query.Database:strong}", $"{query.Sql:code}", $"{query.Expect:code}"])]));
        }
        else
        {
            blocks.Add(new DocumentBlock.Paragraph($"*Restore test:* this policy asks for none."));
        }

        blocks.AddRange(notes.At("tests.restore"));
        blocks.Add(new DocumentBlock.Paragraph(policy.Tests.Drill is { } drill
            ? $"""
                *Drill:* {PolicyWords.Of(drill.Rhythm)}, the full recovery from {drill.Repository} alone, as if all else
                were lost; its time and its loss are measured against the objectives.
                """
            : (Prose)$"*Drill:* this policy asks for none."));
        blocks.AddRange(notes.At("tests.drill"));

        if (notes.Any("tests"))
        {
            blocks.Add(new DocumentBlock.Paragraph($"Until then a person does it on these days, with"));
            blocks.Add(new DocumentBlock.Steps([.. policy.Clusters.Select(cluster => ByHand(policy, cluster))]));
            blocks.Add(new DocumentBlock.Paragraph(
                $"""
                and writes down: date, backup and kind, how long it took until the data was seen, the result, and who
                did it.
                """));
        }

        return new DocumentSection("testing", "Testing", blocks);
    }

    public static DocumentSection Monitoring(BackupPolicy policy, UnexecutedNotes notes)
    {
        var alerts = policy.Alerts;
        var rows = new List<IReadOnlyList<Prose>>
        {
            (IReadOnlyList<Prose>)[$"*Every command*", $"ends with another exit code than 0"],
        };

        rows.AddRange(policy.Repositories
            .Where(place => place.Volume?.AlertAbove is not null)
            .Select(place => (IReadOnlyList<Prose>)
                [$"{$"Volume of {place.Name}":strong}", $"is more than {place.Volume!.AlertAbove} % full"]));

        if (alerts.WalOlderThan is { } age)
            rows.Add(
            [
                $"*WAL archive*", $"newest segment older than {PolicyWords.Of(age)} while the server writes",
            ]);

        if (alerts.BackupBelow is { } percent)
            rows.Add([$"*Size of a backup*", $"below {percent} % of the one before"]);

        return new DocumentSection("monitoring", "Monitoring",
        [
            new DocumentBlock.Grid(["What", "Somebody is told when it"], rows),
            new DocumentBlock.Paragraph(Told(alerts)),
            .. notes.At([.. policy.Repositories.Select(place => $"repositories.{place.Name}.volume"), "alerts"]),
        ]);
    }

    public static DocumentSection Retention(BackupPolicy policy, UnexecutedNotes notes)
    {
        var retention = policy.Retention;
        var places = policy.Repositories;

        IReadOnlyList<Prose> Row(string name, IReadOnlyDictionary<string, RetentionRule> tier) =>
        [
            $"{name:strong}",
            .. places.Select(place => Prose.Of(PolicyWords.Of(tier.GetValueOrDefault(place.Name)))),
        ];

        return new DocumentSection("retention", "Retention",
        [
            new DocumentBlock.Grid(
                ["Kept", .. places.Select(place => place.Name)],
                [
                    Row("WAL", retention.Wal), Row("Backups", retention.Backup), Row("Dumps", retention.Dump),
                    Row("Configuration", retention.Config),
                    [
                        $"*Records of tests*",
                        .. places.Select(_ => Prose.Of(
                            retention.Evidence is { } evidence ? PolicyWords.Of(evidence) : "for ever")),
                    ],
                ]),
            new DocumentBlock.Paragraph(
                $"""
                WAL is what reaches every moment between backups. A backup that is older than the WAL beside it carries
                the WAL of its own duration: it can be restored to its end, and to no later moment.
                """),
            .. places.Where(place => place.Lifecycle is not null).Select(BucketRules),
            .. notes.At("retention"),
        ]);
    }

    static DocumentBlock BucketRules(RepositoryPolicy place)
    {
        var rules = place.Lifecycle!;
        var parts = new (string Prefix, Duration? Age)[]
        {
            ("WAL", rules.Wal), ("backups", rules.Backup), ("dumps", rules.Dump),
        };
        var others = rules.Others.Select(rule => (Prefix: $"objects below '{rule.Key}'", Age: (Duration?)rule.Value));

        return new DocumentBlock.Paragraph(
            $"""
            The bucket behind {place.Name:strong} deletes by its own rules:
            {PolicyWords.List([.. parts.Concat(others).Where(part => part.Age is not null)
                .Select(part => $"{part.Prefix} after {PolicyWords.Of(part.Age!.Value)}")])}.
            """);
    }

    static DocumentStep ByHand(BackupPolicy policy, ClusterPolicy cluster)
    {
        var lines = new CommandLines(policy, cluster);
        var place = policy.Repositories.FirstOrDefault(place => place.Store.IsDirectory) ?? policy.Repositories[0];

        return new(
            $"cluster {cluster.Name}, beside the running server:",
            lines.RestoreAside("--latest", place, $"--start --set port={CommandLines.SidePort}"),
            $"pg_ctl stop --pgdata {lines.SideDirectory}");
    }

    static string Chosen(string which) => which is "random" ? "a random" : $"the {which}";

    static Prose Told(AlertPolicy alerts)
    {
        var ways = new List<string>();

        if (alerts.MailTo.Count > 0)
            ways.Add($"mail to {PolicyWords.List(alerts.MailTo)}");

        ways.AddRange(alerts.Webhooks.Select(webhook => $"a call to {webhook.Url.GetLeftPart(UriPartial.Authority)}"));

        return ways.Count is 0
            ? (Prose)$"The policy names nobody who is told. Whoever runs the commands looks at their exit codes."
            : $"It is told by {PolicyWords.List(ways)}.";
    }
}
