namespace TomoBackup.Policies.Rendering;

/// <summary>The four ways back, with the command lines of this installation.</summary>
static class RecoverySections
{
    public static IEnumerable<DocumentSection> Of(BackupPolicy policy) =>
    [
        new("restore-full", "Restore: the whole cluster",
        [
            new DocumentBlock.Paragraph(
                $"""
                For a lost disk, a damaged data directory, a mistake that concerns everything. Run the lines on the
                database host, as the user who owns the data directory. The first one changes nothing; a moment that
                cannot be reached is refused before anything is copied, and the nearest one that can is named.
                """),
            .. policy.Clusters.SelectMany(cluster => Titled(policy, cluster, Full(policy, cluster))),
        ]),
        new("restore-selective", "Restore: a database, a schema or a table",
        [
            new DocumentBlock.Paragraph(
                $"""
                The cluster is restored beside the running server, and what is needed is taken from the copy. The copy
                never archives, so it cannot disturb the backups of the real one.
                """),
            new DocumentBlock.NotYet(
                $"A single database cannot be restored alone: the copy is of the whole cluster and needs its room."),
            .. policy.Clusters.SelectMany(cluster => Titled(policy, cluster, Selective(policy, cluster))),
        ]),
        new("restore-moment", "Restore: WAL to a chosen moment",
        [
            new DocumentBlock.Paragraph(
                $"""
                For a mistake whose time is known. Times without a zone are UTC. Every moment is meant to be reachable
                within {Windows(policy)}.
                """),
            .. policy.Clusters.SelectMany(cluster => Titled(policy, cluster, Moment(policy, cluster))),
        ]),
        new("restore-offsite", "Restore: from elsewhere alone",
        [
            new DocumentBlock.Paragraph(
                $"""
                For a lost host or site: nothing of it is needed. It takes the repository elsewhere, the escrow key
                from the envelope, the `tomo-backup` executable, and PostgreSQL of the same major version with the same
                extensions. There is no policy file on the new machine; the lines name everything.
                """),
            .. Offsite(policy),
        ]),
    ];

    /// <summary>Where restores begin: the first repository that is a directory, since nothing is nearer; else the
    /// first.</summary>
    static RepositoryPolicy Nearest(BackupPolicy policy)
        => policy.Repositories.FirstOrDefault(place => place.Store.IsDirectory) ?? policy.Repositories[0];

    static IEnumerable<DocumentBlock> Titled(
        BackupPolicy policy, ClusterPolicy cluster, IReadOnlyList<DocumentStep> steps)
    {
        if (policy.Clusters.Count > 1)
            yield return new DocumentBlock.Heading($"Cluster {cluster.Name}");

        yield return new DocumentBlock.Steps(steps);
    }

    static IReadOnlyList<DocumentStep> Full(BackupPolicy policy, ClusterPolicy cluster)
    {
        var lines = new CommandLines(policy, cluster);
        var place = Nearest(policy);

        return
        [
            new($"Declare the incident and write down the time: {Clock(cluster)}."),
            new($"See what would be done. To undo a mistake, give `--to-time` instead of `--latest`.",
                lines.Restore("--latest", place, "--plan")),
            new($"Stop the server, if it still runs. *Delete nothing*: the old directory may hold the last commits.",
                lines.Stop()),
            new(cluster.DataDirectory is null
                    ? (Prose)$"""
                        The policy does not say where the cluster lies, so it is restored into a new directory, which
                        then takes the place of the old one.
                        """
                    : $"""
                        Restore. WAL that the old directory still holds is archived first, then the directory is moved
                        aside, never deleted; the server is started and watched until it reaches the planned position.
                        """,
                lines.Restore("--latest", place, "--start")),
            .. Questions(policy, cluster, lines),
            new($"Try archiving, and begin a new generation: the cluster is on a new timeline.",
                lines.Tool("check"), lines.Tool("backup --full")),
            new($"Write down when service was back and up to which moment, and compare with the objectives."),
        ];
    }

    static IReadOnlyList<DocumentStep> Selective(BackupPolicy policy, ClusterPolicy cluster)
    {
        var lines = new CommandLines(policy, cluster);
        var database = cluster.Databases is [var first, ..] ? first : "DATABASE";
        var from = CommandLines.Quoted(lines.Server(database, CommandLines.SidePort));
        var into = CommandLines.Quoted(lines.Server("tomo_restore", cluster.Connection.Port));

        return
        [
            new($"Restore the moment before the loss into a directory of its own, and start it on another port.",
                lines.RestoreAside(
                    $"--to-time {CommandLines.Moment}",
                    Nearest(policy),
                    $"--start --set port={CommandLines.SidePort}")),
            new($"Take what is needed: the database, or with `--schema` or `--table` a part of it.",
                $"pg_dump --format custom --file /srv/tomo-restore/part.dump --dbname {from}"),
            new($"Bring it into a database of its own, look at it, and move it from there.",
                $"createdb --port {cluster.Connection.Port} tomo_restore",
                $"pg_restore --dbname {into} /srv/tomo-restore/part.dump"),
            new($"Stop the copy, and remove it when nobody needs it.",
                $"pg_ctl stop --pgdata {lines.SideDirectory}"),
        ];
    }

    static IReadOnlyList<DocumentStep> Moment(BackupPolicy policy, ClusterPolicy cluster)
    {
        var lines = new CommandLines(policy, cluster);
        var place = Nearest(policy);
        var target = $"--to-time {CommandLines.Moment}";

        return
        [
            new($"Plan. The answer names the backup, the WAL and the last commit that would be there.",
                lines.Restore(target, place, "--plan")),
            new($"Not sure of the moment? Look at it beside the running server, read-only, and repeat with another.",
                lines.RestoreAside(target, place, $"--start --pause --set port={CommandLines.SidePort}")),
            new($"Stop the server and go back to the moment.",
                lines.Stop(), lines.Restore(target, place, "--start")),
            new($"A position of the WAL can be given as well, and with `--exclusive` the end just before it.",
                lines.Restore("--to-lsn 16/B374D848 --exclusive", place, "--plan")),
        ];
    }

    static IEnumerable<DocumentBlock> Offsite(BackupPolicy policy)
    {
        var away = policy.Tests.Drill?.Repository is { } named
            ? policy.Repositories.Where(place => place.Name == named).ToList()
            : [.. policy.Repositories.Where(place => place.Follows is not null || !place.Store.IsDirectory)];

        if (away.Count is 0)
        {
            away.Add(policy.Repositories[^1]);
            yield return new DocumentBlock.NotYet(
                $"""
                The policy names no repository as lying elsewhere. If {PolicyWords.List(Names(policy))} can be lost
                together with the host, nothing is left to restore from.
                """);
        }

        foreach (var place in away)
        {
            yield return new DocumentBlock.Heading($"From {place.Name}");

            yield return new DocumentBlock.Steps(
            [
                new($"Open the envelope. Write its key into `escrow.key`, mode 0600; the sheet has the fingerprint."),
                .. ElsewhereSteps.Reach(place),
                .. policy.Clusters.Select(cluster => FromElsewhere(policy, cluster, place)),
                new($"Then continue as after a restore of the whole cluster: ask, check, take a full backup."),
            ]);
        }
    }

    static DocumentStep FromElsewhere(BackupPolicy policy, ClusterPolicy cluster, RepositoryPolicy place)
    {
        var lines = new CommandLines(policy, cluster);
        var directory = cluster.DataDirectory ?? lines.SideDirectory;

        return new(
            $"Restore cluster {cluster.Name}: plan first, then do it.",
            lines.RestoreFrom(place, "--latest", directory, "--plan"),
            lines.RestoreFrom(place, "--latest", directory, "--start"));
    }

    static IEnumerable<DocumentStep> Questions(BackupPolicy policy, ClusterPolicy cluster, CommandLines lines)
        => Meant(policy.Tests.Restore?.Queries ?? [], cluster) is { Count: > 0 } meant
            ? meant.Select(query => new DocumentStep(
                $"Ask whether the data is there; the answer must be {query.Expect:code}.",
                lines.Psql(query.Database, query.Sql, cluster.Connection.Port)))
            : [new DocumentStep($"Look at the data with the eyes of its users.")];

    static IReadOnlyList<TestQuery> Meant(IReadOnlyList<TestQuery> queries, ClusterPolicy cluster)
        => [.. queries.Where(query => cluster.Databases?.Contains(query.Database) ?? false)];

    static Prose Clock(ClusterPolicy cluster)
        => cluster.Objectives is { } promised
            ? $"service must be back within {PolicyWords.Of(promised.Rto)}"
            : (Prose)$"no recovery time is promised, and it will be asked for all the same";

    static string Windows(BackupPolicy policy)
        => PolicyWords.List([.. policy.Repositories.Select(place =>
            $"{PolicyWords.Of(policy.Retention.Wal.GetValueOrDefault(place.Name))} in {place.Name}")]);

    static IReadOnlyList<string> Names(BackupPolicy policy) => [.. policy.Repositories.Select(place => place.Name)];
}
