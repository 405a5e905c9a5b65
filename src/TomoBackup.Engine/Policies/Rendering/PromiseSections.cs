namespace TomoBackup.Policies.Rendering;

/// <summary>The sections on what is promised for what.</summary>
static class PromiseSections
{
    public static DocumentSection Purpose(BackupPolicy policy) => new("purpose", "Purpose",
    [
        new DocumentBlock.Paragraph(
            $"""
            This policy says which data is protected against loss, how much may be lost, how soon service is back, and
            how anybody can know that this is true. {Answers(policy.Header)}
            """),
        new DocumentBlock.Paragraph(
            $"""
            It is written by `tomo-backup policy render` from the policy file that the program runs by. So the
            document and the machine cannot say different things, and `tomo-backup policy render --check FILE` tells
            when a kept copy is out of date. What the policy promises and the installed version does not do by itself
            is marked *Not yet* where it stands: there people do it, or it is not done.
            """),
    ]);

    public static DocumentSection Scope(BackupPolicy policy, UnexecutedNotes notes)
    {
        var blocks = new List<DocumentBlock>
        {
            new DocumentBlock.Paragraph(
                $"""
                A backup holds the whole cluster: every database, roles, tablespaces, and the configuration files of
                the server, also those outside the data directory.
                """),
            new DocumentBlock.Grid(
                ["Cluster", "Server", "Data directory", "Databases that matter"],
                [.. policy.Clusters.Select(cluster => (IReadOnlyList<Prose>)
                [
                    $"{cluster.Name:strong}",
                    $"{cluster.Connection.Host ?? "local"}, port {cluster.Connection.Port}",
                    cluster.DataDirectory is { } directory ? $"{directory:code}" : (Prose)$"asked from the server",
                    Prose.Of(cluster.Databases is { } names ? PolicyWords.List(names) : "all"),
                ])]),
            new DocumentBlock.Heading("Beside the clusters"),
        };

        blocks.AddRange(policy.Configuration.Count is 0
            ? [new DocumentBlock.Paragraph($"Nothing beside the clusters is kept under this policy.")]
            :
            [
                new DocumentBlock.Grid(
                    ["Name", "What", "Where", "When"],
                    [.. policy.Configuration.Select(RowOf)]),
                .. notes.At("configuration"),
            ]);

        return new DocumentSection("scope", "Scope", blocks);
    }

    public static DocumentSection Objectives(BackupPolicy policy) => new("objectives", "Objectives",
    [
        new DocumentBlock.Paragraph(
            $"""
            The *recovery time objective* (RTO) runs from the declaration of an incident to service restored. The
            *recovery point objective* (RPO) is the latest work that may be lost.
            """),
        new DocumentBlock.Grid(
            ["Cluster", "Promise", "RTO", "RPO"],
            [.. policy.Clusters.Select(cluster => (IReadOnlyList<Prose>)(cluster.Objectives is { } promised
                ?
                [
                    $"{cluster.Name:strong}", $"{promised.Name}",
                    $"{PolicyWords.Of(promised.Rto)}", $"{PolicyWords.Of(promised.Rpo)}",
                ]
                : [$"{cluster.Name:strong}", $"nothing is promised", $"none", $"none"]))]),
        new DocumentBlock.Paragraph(
            $"""
            An objective is held when a restore has shown it, not when a backup has run. If a test or an incident
            misses one, the cause is written down and this policy is amended.
            """),
    ]);

    static IReadOnlyList<Prose> RowOf(ConfigurationPolicy source) =>
    [
        $"{source.Name:strong}",
        source.Kind switch
        {
            ConfigurationKind.Forgejo => $"repositories of Forgejo",
            ConfigurationKind.Authentik => $"export of Authentik",
            ConfigurationKind.Grafana => $"dashboards and alert rules of Grafana",
            ConfigurationKind.Prometheus => $"data of Prometheus",
            ConfigurationKind.Woodpecker => $"pipelines and settings of Woodpecker",
            _ => $"folders and files of this host",
        },
        source.Address is { } address
            ? $"{address.GetLeftPart(UriPartial.Authority)}"
            : Prose.Of(PolicyWords.List(source.Files)),
        $"{PolicyWords.Of(source.Rhythm)}",
    ];

    static Prose Answers(PolicyHeader header)
        => header.Owner is { } owner ? $"{owner} answers for it." : (Prose)$"Nobody is named who answers for it.";
}
