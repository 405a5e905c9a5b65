using TomoBackup.Backups;
using TomoBackup.Cli.Output.Json;
using TomoBackup.Repositories;

namespace TomoBackup.Cli.Output;

/// <summary>How backups are told.</summary>
static class BackupText
{
    const int DamageShown = 20;

    /// <summary>That none was due.</summary>
    public static void Show(BackupOutcome.NotDue outcome, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(new NotDueDocument(Due: false, outcome.Next), ReportJson.Plain.NotDueDocument);
            return;
        }

        output.Say(outcome.Next is { } next
            ? $"no backup is due before {Readable.Time(next)}"
            : "no backup is due, and the schedule never asks for one again");
    }

    /// <summary>What a backup did.</summary>
    public static void Show(BackupReport report, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(
                BackupDocument.Of(report.Manifest) with
                {
                    Seconds = PhasesDocument.Of(report.Phases),
                    CopiedBytes = report.CopiedBytes,
                    FullBecause = report.FullBecause,
                    ChangesByPage = report.ChangesByPage,
                    Audit = AuditDocument.Of(report.Audit),
                    Damage = report.Damage,
                    Warnings = report.Warnings,
                },
                ReportJson.Plain.BackupDocument);
            return;
        }

        var manifest = report.Manifest;
        var phases = report.Phases;

        output.Say($"{manifest.Kind} backup {manifest.Backup} of cluster '{manifest.Cluster}' is {manifest.State}");

        foreach (var reason in report.FullBecause)
            output.Say($"  full, because {reason}");

        if (report.ChangesByPage is { } pages)
            output.Say($"  every page was looked at, because {pages}");

        output.Say(
            $"  {Readable.Size(manifest.FileBytes)} in {manifest.FileCount} files, "
            + $"{(manifest.Parent is null ? "" : $"{Readable.Size(report.CopiedBytes)} of it new since "
                + $"{manifest.Parent}, ")}stored as {Readable.Size(manifest.StoredBytes)}");
        output.Say($"  WAL {manifest.StartLsn} to {manifest.StopLsn} on timeline {manifest.Timeline}, carried with it");
        output.Say(
            $"  {Readable.Span(phases.Total)}: checkpoint {Readable.Span(phases.Checkpoint)}, "
            + $"copy {Readable.Span(phases.Copy)} ({Readable.Rate(report.CopiedBytes, phases.Copy)}), "
            + $"sync {Readable.Span(phases.Sync)}, WAL {Readable.Span(phases.Wal)}, "
            + $"publish {Readable.Span(phases.Publish)}");

        if (report.Audit is { } audit)
            output.Say(
                $"  audit: {audit.Pages} pages were compared with the cluster and none differs; {audit.Newer} changed "
                + "since the backup began and come back with WAL"
                + (audit.WithoutWal == 0 ? "" : $"; of {audit.WithoutWal} nothing can be said without page checksums"));

        foreach (var file in report.Damage.Take(DamageShown))
            output.Say($"  damaged: {file.Path} block {string.Join(", ", file.Blocks)}");

        if (report.Damage.Count > DamageShown)
            output.Say($"  … and {report.Damage.Count - DamageShown} more files");
    }

    /// <summary>All backups.</summary>
    public static void Show(
        Catalog catalog, IReadOnlyList<IntentRecord> holds, DateTimeOffset now, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(
                new ListDocument(
                    [.. catalog.Backups.Select(b => BackupDocument.Of(b) with { Holds = Of(b, holds) })],
                    catalog.Problems),
                ReportJson.Plain.ListDocument);
            return;
        }

        var table = new Table(
            new Column("BACKUP"), new Column("KIND"), new Column("STATE"), new Column("ENDED"), new Column("AGE"),
            new Column("SIZE", AlignRight: true), new Column("STORED", AlignRight: true), new Column("VERSION"));

        foreach (var backup in catalog.Backups)
            table.Add(
                backup.Backup, backup.Kind, backup.State + (holds.Any(h => h.Subject == backup.Backup) ? ", held" : ""),
                Readable.Time(backup.Stopped), Readable.Age(backup.Stopped, now),
                Readable.Size(backup.FileBytes), Readable.Size(backup.StoredBytes), backup.ServerVersion.Split(' ')[0]);

        if (catalog.Backups.Count == 0)
            output.Say("no backups yet");
        else
            output.Show(table);

        foreach (var problem in catalog.Problems)
            output.Warn(problem);
    }

    /// <summary>One backup.</summary>
    public static void Show(
        Manifest manifest, ClusterDocument? cluster, IReadOnlyList<IntentRecord> holds, Report output)
    {
        if (output.IsJson)
        {
            output.Answer(
                BackupDocument.Of(manifest) with
                {
                    Label = cluster?.Label,
                    Annotations = cluster?.Annotations,
                    Holds = Of(manifest, holds),
                },
                ReportJson.Plain.BackupDocument);
            return;
        }

        void Line(string name, string value) => output.Say($"{name,-14}{value}");

        Line("backup", manifest.Backup);
        Line(
            "cluster",
            $"{manifest.Cluster}, system identifier {manifest.SystemIdentifier}, PostgreSQL {manifest.ServerVersion}");
        Line("kind", manifest.Parent is null
            ? manifest.Kind
            : $"{manifest.Kind}, built on {manifest.Parent}, in the generation of {manifest.Generation}");
        Line("state", manifest.IsGood
            ? "good: every object was listed back, all WAL from start to stop is present. "
                + "Not proven: no test restored it."
            : $"damaged: {manifest.DamagedBlocks} blocks of the source failed their checksum");
        foreach (var hold in holds)
            Line("held", RetentionText.Describe(hold));

        Line("label", cluster is null ? "not shown without a recovery key" : cluster.Label ?? "none");

        foreach (var (key, value) in cluster?.Annotations ?? new Dictionary<string, string>())
            Line("", $"{key}={value}");

        Line("began", Readable.Time(manifest.Started));
        Line("ended", Readable.Time(manifest.Stopped));
        Line(
            "WAL",
            $"{manifest.StartLsn} to {manifest.StopLsn}, timeline {manifest.Timeline}, "
            + $"{manifest.WalFirst} to {manifest.WalLast}");
        Line("holds", $"{Readable.Size(manifest.FileBytes)} in {manifest.FileCount} files");
        Line("stored", $"{Readable.Size(manifest.StoredBytes)} in {manifest.Objects.Count} objects");

        if (manifest.References.Count > 0)
            Line("refers to", $"{manifest.References.Count} packs of "
                + $"{manifest.References.Select(r => r.Backup).Distinct().Count()} earlier backups");

        if (manifest.AuditedPages is { } pages)
            Line("audited", $"{pages} pages were compared with the cluster, none differed");

        Line("checksums", manifest.DataChecksums ? "page checksums were checked" : "the cluster keeps none");

        foreach (var tablespace in cluster?.Tablespaces ?? [])
            Line("tablespace", $"{tablespace.Oid} at '{tablespace.Location}'");

        foreach (var extension in cluster?.Extensions ?? [])
            Line("extension", $"{extension.Name} {extension.Version} in '{extension.Database}'");
    }

    static IReadOnlyList<BackupHoldDocument> Of(Manifest manifest, IReadOnlyList<IntentRecord> holds)
        => [.. holds.Where(h => h.Subject == manifest.Backup).Select(BackupHoldDocument.Of)];
}
