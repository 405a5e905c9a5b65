namespace TomoBackup.Policies.Rendering;

/// <summary>The sections on what is copied where, and who can read it.</summary>
static class PlaceSections
{
    public static DocumentSection Architecture(BackupPolicy policy, UnexecutedNotes notes) => new(
        "architecture", "Architecture",
        [
            new DocumentBlock.Paragraph(
                $"""
                WAL is PostgreSQL's record of every change. A restore takes the newest backup before the chosen moment
                and replays WAL up to it. A full backup begins a generation; an incremental one holds what changed
                since, and describes the whole cluster all the same, so that a restore reads one of them.
                """),
            .. policy.Clusters.SelectMany(cluster => TiersOf(policy, cluster, notes)),
            new DocumentBlock.Heading("How backups are started"),
            new DocumentBlock.Paragraph(
                $"""
                By cron or a systemd timer of the host, which runs `tomo-backup backup`. Its exit code is 0 only when
                the backup is good.
                """),
            new DocumentBlock.Heading("Repositories"),
            new DocumentBlock.Grid(
                ["Repository", "Where", "Written by", "Protected by"],
                [.. policy.Repositories.Select(RowOf)]),
            .. notes.At("repositories"),
            .. DeletionSections.Of(policy),
        ]);

    public static DocumentSection Encryption(BackupPolicy policy)
    {
        var encryption = policy.Encryption;

        return new DocumentSection("encryption", "Encryption",
        [
            new DocumentBlock.Bullets(
            [
                $"""
                Everything is encrypted with AES-256-GCM on the database host before it is written anywhere. A provider
                of storage sees names, sizes and times, never content.
                """,
                $"""
                Data keys are new for each generation of backups, and for WAL at least every day. They are stored
                beside the data, wrapped to the recovery keys in the `age` format.
                """,
                $"""
                Manifests and data keys are signed by the host. A restore trusts the fingerprint on the escrow sheet,
                never the repository itself.
                """,
                encryption.IdentityFile is { } file
                    ? $"""
                        Mode *simple*: the recovery key lies on this host, in {file:code}, so that it can restore and
                        check by itself. Whoever takes the host can read the backups.
                        """
                    : (Prose)$"""
                        Mode *sealed*: this host can write backups and cannot read them. Restores and deep checks need
                        a recovery key that lies elsewhere.
                        """,
                encryption.Recipients.Count is 0
                    ? (Prose)$"""
                        `tomo-backup init` made two recovery keys: the operational one, and the escrow one on a printed
                        sheet.
                        """
                    : $"{encryption.Recipients.Count} recovery keys can open backups; each is enough alone.",
                $"""
                The escrow sheet is kept in a sealed envelope, apart from every backup. `tomo-backup key check
                --identity FILE` tries a key against the newest data keys; a key that was never tried is not a key.
                """,
            ]),
            .. RecipientsOf(encryption),
        ]);
    }

    static IEnumerable<DocumentBlock> RecipientsOf(EncryptionPolicy encryption)
        => encryption.Recipients.Count is 0 ? [] :
        [
            new DocumentBlock.Heading("Recovery keys (public halves)"),
            new DocumentBlock.Bullets([.. encryption.Recipients.Select(recipient => (Prose)$"{recipient:code}")]),
        ];

    static IEnumerable<DocumentBlock> TiersOf(BackupPolicy policy, ClusterPolicy cluster, UnexecutedNotes notes)
    {
        yield return new DocumentBlock.Heading($"Cluster {cluster.Name}");

        var places = PolicyWords.List(
            [.. policy.Repositories.Where(place => place.Follows is null).Select(place => place.Name)]);

        var rows = new List<IReadOnlyList<Prose>>
        {
            (IReadOnlyList<Prose>)
            [
                $"*WAL*", $"continuously; a segment closes after {PolicyWords.Of(cluster.Wal.ArchiveTimeout)} at most",
                cluster.Wal.OffsiteWithin is { } within
                    ? $"{places}; in repositories that follow within {PolicyWords.Of(within)}"
                    : Prose.Of(places),
            ],
            (IReadOnlyList<Prose>)
            [
                $"*Full backup*", Prose.Of(When(cluster.Full)), $"the first repository, or the one named",
            ],
        };

        if (cluster.Incremental is not null)
            rows.Add(
            [
                $"*Incremental backup*",
                $"{When(cluster.Incremental)}; at most {policy.Backup.MaxChain} to a full one",
                $"the repository of its full backup",
            ]);

        if (cluster is { Incremental: not null, Audit: { } audit })
            rows.Add(
            [
                $"*Comparison of an incremental backup with the cluster*",
                Prose.Of(When(audit)),
                $"page by page, before the backup counts",
            ]);

        if (cluster.Dump is not null)
            rows.Add([$"*Logical dump*", Prose.Of(When(cluster.Dump)), Prose.Of(places)]);

        yield return new DocumentBlock.Grid(["Tier", "When", "Where"], rows);

        foreach (var note in notes.At($"clusters.{cluster.Name}"))
            yield return note;
    }

    static string When(Schedule? schedule) => schedule is null ? "on demand, no schedule" : PolicyWords.Of(schedule);

    static IReadOnlyList<Prose> RowOf(RepositoryPolicy place) =>
    [
        $"{place.Name:strong}",
        place.Endpoint is { } endpoint
            ? (Prose)$"{place.Store:code} at {endpoint.GetLeftPart(UriPartial.Authority)}"
            : $"{place.Store:code}",
        place.Follows is { } followed ? $"copies of {followed}" : (Prose)$"the database host",
        Prose.Of(Protection(place)),
    ];

    static string Protection(RepositoryPolicy place)
    {
        var parts = new List<string>();

        if (place.Volume is { } volume)
        {
            if (volume.Luks is { } luks)
                parts.Add(luks ? "LUKS under the file system" : "no LUKS under the file system");

            if (volume.Separate)
                parts.Add("another file system than the data");
        }

        if (place.ObjectLock is { } mode)
            parts.Add($"locks of the bucket ({PolicyWords.Of(mode)})");

        if (!place.MayDelete)
            parts.Add("the host's key cannot delete");

        if (place.AccessKey is not null || place.SecretKey is not null)
            parts.Add($"the store's key is read from {PolicyWords.Of(place.SecretKey ?? place.AccessKey)}");

        return parts.Count is 0 ? "encryption alone" : PolicyWords.List(parts);
    }
}
