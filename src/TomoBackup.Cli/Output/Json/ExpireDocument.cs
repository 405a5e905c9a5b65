using System.Text.Json;
using TomoBackup.Postgres.Wal;
using TomoBackup.Retention;

namespace TomoBackup.Cli.Output.Json;

/// <summary>What <c>expire --json</c> answers.</summary>
/// <param name="Repositories">In the policy's order.</param>
sealed record ExpireDocument(IReadOnlyList<ExpiredRepositoryDocument> Repositories)
{
    public static ExpireDocument Of(IReadOnlyList<ExpireReport> reports)
        => new([.. reports.Select(ExpiredRepositoryDocument.Of)]);

    public static string Name<T>(T value)
        where T : struct, Enum
        => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>One repository of <see cref="ExpireDocument"/>.</summary>
sealed record ExpiredRepositoryDocument
{
    public required string Repository { get; init; }

    public required string Cluster { get; init; }

    /// <summary>True where nothing was to be changed.</summary>
    public required bool PlanOnly { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Every moment since then stays reachable; left out where the window has no end.</summary>
    public DateTimeOffset? WindowStart { get; init; }

    public required IReadOnlyList<ExpiredBackupDocument> Backups { get; init; }

    /// <summary>Folders of backups that are none.</summary>
    public required IReadOnlyList<ExpiredFolderDocument> Unfinished { get; init; }

    public required IReadOnlyList<ExpiredWalDocument> Wal { get; init; }

    /// <summary>Moments that stop being reachable once all is gone that waits or goes.</summary>
    public required IReadOnlyList<LostMoments> Lost { get; init; }

    /// <summary>Why nothing was removed, or would be.</summary>
    public required IReadOnlyList<Refusal> Refusals { get; init; }

    public required IReadOnlyList<string> Problems { get; init; }

    public required Removal Removed { get; init; }

    /// <summary>What the bucket's own rules will do; left out where they do not matter.</summary>
    public LifecycleForecast? Lifecycle { get; init; }

    /// <summary>True where the store refused to delete.</summary>
    public required bool MayNotDelete { get; init; }

    public static ExpiredRepositoryDocument Of(ExpireReport report) => new()
    {
        Repository = report.Repository,
        Cluster = report.Cluster,
        PlanOnly = report.PlanOnly,
        Time = report.Plan.Now,
        WindowStart = report.Plan.WindowStart,
        Backups = [.. report.Plan.Backups.Select(ExpiredBackupDocument.Of)],
        Unfinished = [.. report.Plan.Unfinished.Select(ExpiredFolderDocument.Of)],
        Wal = [.. report.Plan.Wal.Select(w => ExpiredWalDocument.Of(w, report.Plan.SegmentSize))],
        Lost = report.Plan.Losses,
        Refusals = report.Refusals,
        Problems = report.Problems,
        Removed = report.Removed,
        Lifecycle = report.HasLifecycle || report.MayNotDelete ? report.Forecast : null,
        MayNotDelete = report.MayNotDelete,
    };
}

/// <summary>A reason in <see cref="ExpireDocument"/>.</summary>
/// <param name="Kind">For scripts.</param>
/// <param name="Text">For people.</param>
sealed record GroundDocument(string Kind, string Text)
{
    public static GroundDocument Of(Ground ground) => new(ExpireDocument.Name(ground.Kind), ground.ToString());
}

/// <summary>A backup in <see cref="ExpireDocument"/>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Good">By its manifest and the listing.</param>
/// <param name="Stopped">When its last page had been read.</param>
/// <param name="Bytes">Of its own objects.</param>
/// <param name="Fate"><c>stays</c>, <c>waits</c> or <c>goes</c>.</param>
/// <param name="Grounds">Why.</param>
/// <param name="Due">When it may go; left out where it stays.</param>
sealed record ExpiredBackupDocument(
    string Id,
    bool Good,
    DateTimeOffset Stopped,
    long Bytes,
    string Fate,
    IReadOnlyList<GroundDocument> Grounds,
    DateTimeOffset? Due)
{
    public static ExpiredBackupDocument Of(BackupVerdict verdict) => new(
        verdict.Backup.Id, verdict.Backup.IsGood, verdict.Backup.Stopped, verdict.Backup.Bytes,
        ExpireDocument.Name(verdict.Fate), [.. verdict.Grounds.Select(GroundDocument.Of)], verdict.Due);
}

/// <summary>A folder that is no backup, in <see cref="ExpireDocument"/>.</summary>
sealed record ExpiredFolderDocument(
    string Id, int Objects, long Bytes, string Fate, GroundDocument Ground, DateTimeOffset? Due)
{
    public static ExpiredFolderDocument Of(UnfinishedVerdict verdict) => new(
        verdict.Folder.Id, verdict.Folder.Objects, verdict.Folder.Bytes,
        ExpireDocument.Name(verdict.Fate), GroundDocument.Of(verdict.Ground), verdict.Due);
}

/// <summary>A run of WAL in <see cref="ExpireDocument"/>.</summary>
/// <param name="Timeline">Of all its segments.</param>
/// <param name="First">Name of the first segment.</param>
/// <param name="Last">Name of the last one.</param>
/// <param name="Segments">How many are archived.</param>
/// <param name="Bytes">Of their objects.</param>
/// <param name="Fate"><c>stays</c>, <c>waits</c> or <c>goes</c>.</param>
/// <param name="Ground">Why.</param>
/// <param name="Due">When it may go; left out where it stays.</param>
sealed record ExpiredWalDocument(
    uint Timeline,
    string First,
    string Last,
    long Segments,
    long Bytes,
    string Fate,
    GroundDocument Ground,
    DateTimeOffset? Due)
{
    public static ExpiredWalDocument Of(WalVerdict run, WalSegmentSize size) => new(
        run.Timeline,
        new WalSegment(run.Timeline, run.First).Name(size),
        new WalSegment(run.Timeline, run.Last).Name(size),
        run.Segments, run.Bytes, ExpireDocument.Name(run.Fate), GroundDocument.Of(run.Ground), run.Due);
}

/// <summary>What <c>expire --why --json</c> answers.</summary>
/// <param name="Answers">One for each repository.</param>
sealed record WhyDocument(IReadOnlyList<WhyAnswer> Answers)
{
    public static WhyDocument Of(IReadOnlyList<(string Repository, RetentionAnswer Answer)> answers)
        => new([.. answers.Select(a => new WhyAnswer(
            a.Repository, a.Answer.Name, a.Answer.Fate is { } fate ? ExpireDocument.Name(fate) : null,
            a.Answer.Sentence))]);
}

/// <summary>One answer of <see cref="WhyDocument"/>.</summary>
/// <param name="Repository">Where.</param>
/// <param name="Name">What was asked for, in full.</param>
/// <param name="Fate">Left out for what is not there.</param>
/// <param name="Text">For people.</param>
sealed record WhyAnswer(string Repository, string Name, string? Fate, string Text);

/// <summary>What <c>hold --json</c> answers.</summary>
/// <param name="Backup">The whole id.</param>
/// <param name="Held">False where it was released.</param>
/// <param name="Until">Left out where only a release ends it.</param>
/// <param name="Reason">As given.</param>
/// <param name="Repositories">Where.</param>
sealed record HoldDocument(
    string Backup, bool Held, DateTimeOffset? Until, string? Reason, IReadOnlyList<string> Repositories)
{
    public static HoldDocument Of(HoldReport report)
        => new(report.Backup, !report.Released, report.Until, report.Reason, report.Repositories);
}
