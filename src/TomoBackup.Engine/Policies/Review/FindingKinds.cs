using static TomoBackup.Policies.Review.ReviewSeverity;

namespace TomoBackup.Policies.Review;

/// <summary>Everything that a review can find, in the order in which findings of one weight are told: what loses data
/// stands before what only confuses. A test keeps the page for people in step.</summary>
public static class FindingKinds
{
    internal static readonly FindingKind LifecycleDeletesKeys = new("lifecycle-deletes-keys", Error);
    internal static readonly FindingKind LifecycleTooEarly = new("lifecycle-too-early", Error);
    internal static readonly FindingKind LockWithoutEnd = new("lock-without-end", Error);
    internal static readonly FindingKind ArchiveTimeoutBeyondRpo = new("archive-timeout-beyond-rpo", Error);
    internal static readonly FindingKind RpoExceeded = new("rpo-exceeded", Error);
    internal static readonly FindingKind IncrementalWithoutFull = new("incremental-without-full", Error);
    internal static readonly FindingKind ScheduleNeverRuns = new("schedule-never-runs", Error);
    internal static readonly FindingKind OneRecipient = new("one-recipient", Error);
    internal static readonly FindingKind ArchivingOff = new("archiving-off", Error);
    internal static readonly FindingKind NoGoodBackup = new("no-good-backup", Error);
    internal static readonly FindingKind FullBackupOverdue = new("full-backup-overdue", Error);
    internal static readonly FindingKind RpoMissedNow = new("rpo-missed-now", Error);
    internal static readonly FindingKind RtoMissed = new("rto-missed", Error);
    internal static readonly FindingKind VolumeNotSeparate = new("volume-not-separate", Error);
    internal static readonly FindingKind VolumeNotLuks = new("volume-not-luks", Error);

    internal static readonly FindingKind CouldNotLook = new("could-not-look", Warning);
    internal static readonly FindingKind OneHost = new("one-host", Warning);
    internal static readonly FindingKind RepositoryBesideData = new("repository-beside-data", Warning);
    internal static readonly FindingKind OffsiteKeyMayDelete = new("offsite-key-may-delete", Warning);
    internal static readonly FindingKind NothingDeletes = new("nothing-deletes", Warning);
    internal static readonly FindingKind FollowerKeepsLess = new("follower-keeps-less", Warning);
    internal static readonly FindingKind LifecycleOneAgeForAll = new("lifecycle-one-age-for-all", Warning);
    internal static readonly FindingKind GenerationUnknown = new("generation-unknown", Warning);
    internal static readonly FindingKind OffsiteWithinMissing = new("offsite-within-missing", Warning);
    internal static readonly FindingKind ObjectivesMissing = new("objectives-missing", Warning);
    internal static readonly FindingKind NoFullSchedule = new("no-full-schedule", Warning);
    internal static readonly FindingKind SchedulesCollide = new("schedules-collide", Warning);
    internal static readonly FindingKind NoRestoreTest = new("no-restore-test", Warning);
    internal static readonly FindingKind NoDrill = new("no-drill", Warning);
    internal static readonly FindingKind QueryNamesNoTable = new("query-names-no-table", Warning);
    internal static readonly FindingKind NoAlerts = new("no-alerts", Warning);
    internal static readonly FindingKind AlertsDieWithHost = new("alerts-die-with-host", Warning);
    internal static readonly FindingKind ReviewOverdue = new("review-overdue", Warning);
    internal static readonly FindingKind ClusterNotCovered = new("cluster-not-covered", Warning);
    internal static readonly FindingKind DatabaseNotCovered = new("database-not-covered", Warning);
    internal static readonly FindingKind DatabaseMissing = new("database-missing", Warning);
    internal static readonly FindingKind ServerSettingDiffers = new("server-setting-differs", Warning);
    internal static readonly FindingKind ArchiveCommandDiffers = new("archive-command-differs", Warning);
    internal static readonly FindingKind KeyNeverTried = new("key-never-tried", Warning);
    internal static readonly FindingKind RtoNotMeasured = new("rto-not-measured", Warning);

    internal static readonly FindingKind NotExecuted = new("not-executed", Remark);
    internal static readonly FindingKind WriteKeyCanHide = new("write-key-can-hide", Remark);
    internal static readonly FindingKind BackupsOutliveWal = new("backups-outlive-wal", Remark);
    internal static readonly FindingKind RetentionMissing = new("retention-missing", Remark);
    internal static readonly FindingKind HeartbeatSwitchesWal = new("heartbeat-switches-wal", Remark);
    internal static readonly FindingKind IdleLooksLate = new("idle-looks-late", Remark);
    internal static readonly FindingKind SimpleMode = new("simple-mode", Remark);
    internal static readonly FindingKind RecipientsNotNamed = new("recipients-not-named", Remark);
    internal static readonly FindingKind DrillNotOffsite = new("drill-not-offsite", Remark);
    internal static readonly FindingKind TestAsksNothing = new("test-asks-nothing", Remark);
    internal static readonly FindingKind NothingBesideClusters = new("nothing-beside-clusters", Remark);
    internal static readonly FindingKind ReviewDueSoon = new("review-due-soon", Remark);
    internal static readonly FindingKind ReviewUndated = new("review-undated", Remark);
    internal static readonly FindingKind SummariesOff = new("summaries-off", Remark);
    internal static readonly FindingKind KeyTriedLongAgo = new("key-tried-long-ago", Remark);

    /// <summary>All of them, in their order.</summary>
    public static IReadOnlyList<FindingKind> All { get; } =
    [
        LifecycleDeletesKeys, LifecycleTooEarly, LockWithoutEnd, ArchiveTimeoutBeyondRpo, RpoExceeded,
        IncrementalWithoutFull, ScheduleNeverRuns, OneRecipient, ArchivingOff, NoGoodBackup, FullBackupOverdue,
        RpoMissedNow, RtoMissed, VolumeNotSeparate, VolumeNotLuks,
        CouldNotLook, OneHost, RepositoryBesideData, OffsiteKeyMayDelete, NothingDeletes, FollowerKeepsLess,
        LifecycleOneAgeForAll, GenerationUnknown, OffsiteWithinMissing, ObjectivesMissing, NoFullSchedule,
        SchedulesCollide, NoRestoreTest, NoDrill, QueryNamesNoTable, NoAlerts, AlertsDieWithHost, ReviewOverdue,
        ClusterNotCovered, DatabaseNotCovered, DatabaseMissing, ServerSettingDiffers, ArchiveCommandDiffers,
        KeyNeverTried, RtoNotMeasured,
        NotExecuted, WriteKeyCanHide, BackupsOutliveWal, RetentionMissing, HeartbeatSwitchesWal, IdleLooksLate,
        SimpleMode, RecipientsNotNamed, DrillNotOffsite, TestAsksNothing, NothingBesideClusters, ReviewDueSoon,
        ReviewUndated, SummariesOff,
        KeyTriedLongAgo,
    ];
}
