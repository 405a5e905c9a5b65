using static TomoBackup.Measurements.MeasureScope;
using static TomoBackup.Measurements.MeasureUnit;

namespace TomoBackup.Measurements;

/// <summary>
/// The catalogue: every value that this program measures of a cluster, with the name that it has on screens, in JSON,
/// in metrics and in reports. <c>docs/operate/measurements.md</c> shows it to people; a test keeps both in step.
/// </summary>
public static class Measures
{
    const string Manifests = "the signed manifests in the repository";
    const string Listing = "the listing of the archive, and the notes of the segments at its edges";
    const string Disk = "the data directory, read as files";
    const string Counters = "the server: pg_stat_archiver";
    const string Journal = "the journal of this host";

    /// <summary>Whether it can be read.</summary>
    public static Measure RepositoryReadable { get; } = new(
        "repository_readable", Text, Repository, "'yes' where it answers and knows the cluster", "the repository");

    /// <summary>Id of the newest good backup.</summary>
    public static Measure NewestBackup { get; } = new(
        "newest_backup", Text, Repository, "id of the newest good backup, full or incremental", Manifests);

    /// <summary>When it ended.</summary>
    public static Measure NewestBackupEnded { get; } = new(
        "newest_backup_ended", Moment, Repository, "when the newest good backup ended", Manifests);

    /// <summary>When it began.</summary>
    public static Measure NewestBackupBegan { get; } = new(
        "newest_backup_began", Moment, Repository, "when the newest good backup began", Manifests);

    /// <summary>How long it took.</summary>
    public static Measure NewestBackupTook { get; } = new(
        "newest_backup_duration_seconds", Seconds, Repository, "from its beginning to the end of its copying",
        Manifests);

    /// <summary>What it holds.</summary>
    public static Measure NewestBackupHolds { get; } = new(
        "newest_backup_size_bytes", Bytes, Repository, "plain bytes of the files that it describes", Manifests);

    /// <summary>What it costs.</summary>
    public static Measure NewestBackupStored { get; } = new(
        "newest_backup_stored_bytes", Bytes, Repository, "bytes that it added to the repository", Manifests);

    /// <summary>When the newest full one began.</summary>
    public static Measure NewestFullBegan { get; } = new(
        "newest_full_began", Moment, Repository, "when the newest good full backup began", Manifests);

    /// <summary>When the newest incremental one began.</summary>
    public static Measure NewestIncrementalBegan { get; } = new(
        "newest_incremental_began", Moment, Repository, "when the newest good incremental backup began", Manifests);

    /// <summary>When the newest one that was compared with the cluster began.</summary>
    public static Measure NewestAuditBegan { get; } = new(
        "newest_audit_began", Moment, Repository,
        "when the newest good backup began that was compared with the cluster before it counted", Manifests);

    /// <summary>How many stand on the newest full one.</summary>
    public static Measure ChainLength { get; } = new(
        "chain_length", Count, Repository, "good incremental backups that stand on the newest good full one",
        Manifests);

    /// <summary>Against the one before of its kind.</summary>
    public static Measure SizeAgainstPrevious { get; } = new(
        "size_against_previous_percent", Percent, Repository,
        "size of the newest good backup against the good one before of its kind", Manifests);

    /// <summary>When the oldest good backup ended.</summary>
    public static Measure OldestBackupEnded { get; } = new(
        "oldest_backup_ended", Moment, Repository, "when the oldest good backup ended", Manifests);

    /// <summary>How many are good.</summary>
    public static Measure GoodBackups { get; } = new(
        "good_backups", Count, Repository, "backups whose objects were all listed back, with all WAL they need",
        Manifests);

    /// <summary>How many are damaged.</summary>
    public static Measure DamagedBackups { get; } = new(
        "damaged_backups", Count, Repository, "backups whose source had damaged pages, none acknowledged", Manifests);

    /// <summary>How many damaged ones are newer than the newest good one.</summary>
    public static Measure DamagedSinceGood { get; } = new(
        "damaged_backups_since_good", Count, Repository, "damaged backups that are newer than the newest good one",
        Manifests);

    /// <summary>Manifests that cannot be believed.</summary>
    public static Measure UnreadableManifests { get; } = new(
        "unreadable_manifests", Count, Repository, "objects that stand where a manifest should, and are none",
        Manifests);

    /// <summary>The last archived segment.</summary>
    public static Measure LastWal { get; } = new(
        "last_wal", Text, Repository, "the last archived WAL segment of the newest timeline", Listing);

    /// <summary>When it arrived.</summary>
    public static Measure LastWalArrived { get; } = new(
        "last_wal_arrived", Moment, Repository, "when that segment arrived, by the clock of the store", Listing);

    /// <summary>Last archived commit.</summary>
    public static Measure LastCommit { get; } = new(
        "last_archived_commit", Moment, Repository, "the last commit in archived WAL", Listing);

    /// <summary>Whether what the server archived is here.</summary>
    public static Measure ArchivedIsHere { get; } = new(
        "archived_is_here", Text, Repository,
        "'yes' where the file that the server archived last is in this repository", "the server, and the listing");

    /// <summary>How much an accident would cost now.</summary>
    public static Measure LossNow { get; } = new(
        "loss_now_seconds", Seconds, Repository,
        "at most this much of the latest work would be lost if the host vanished now",
        "the end of the archive against the server's position and the files that wait");

    /// <summary>The bound that needs no server.</summary>
    public static Measure LossBound { get; } = new(
        "loss_bound_seconds", Seconds, Repository,
        "what was committed within this time would be lost at most, whatever the server says",
        "the last moment that can be recovered");

    /// <summary>The first moment.</summary>
    public static Measure EarliestMoment { get; } = new(
        "earliest_moment", Moment, Repository, "the first moment that can be recovered", Listing);

    /// <summary>The last moment.</summary>
    public static Measure LatestMoment { get; } = new(
        "latest_moment", Moment, Repository, "the last moment that can be recovered", Listing);

    /// <summary>Since when there is no gap.</summary>
    public static Measure UnbrokenSince { get; } = new(
        "unbroken_since", Moment, Repository, "from here to the last moment every moment can be recovered", Listing);

    /// <summary>Gaps.</summary>
    public static Measure Gaps { get; } = new(
        "gaps", Count, Repository, "stretches on the way to the newest timeline that cannot be recovered", Listing);

    /// <summary>The newest gap, in words.</summary>
    public static Measure NewestGap { get; } = new(
        "newest_gap", Text, Repository, "the newest of them: its first and last lost segment", Listing);

    /// <summary>When the newest gap ends.</summary>
    public static Measure NewestGapUntil { get; } = new(
        "newest_gap_until", Moment, Repository, "the first moment behind it that can be recovered", Listing);

    /// <summary>Names with two contents.</summary>
    public static Measure WalConflicts { get; } = new(
        "wal_conflicts", Count, Repository, "WAL files that are there with two contents", Listing);

    /// <summary>How far a follower is behind.</summary>
    public static Measure FollowLag { get; } = new(
        "follow_lag_seconds", Seconds, Repository,
        "how long the oldest WAL file has waited that the followed repository has and this one has not",
        "both listings");

    /// <summary>How much a follower lacks.</summary>
    public static Measure FollowLagBytes { get; } = new(
        "follow_lag_bytes", Bytes, Repository,
        "stored bytes of the WAL files that the followed repository has and this one has not", "both listings");

    /// <summary>Last verification of any kind.</summary>
    public static Measure LastVerify { get; } = new(
        "last_verify", Moment, Repository, "when listings and signatures were last verified", Journal);

    /// <summary>What it found.</summary>
    public static Measure LastVerifyDamage { get; } = new(
        "last_verify_damage", Count, Repository, "what that verification found missing, altered or unreadable",
        Journal);

    /// <summary>Last deep verification.</summary>
    public static Measure LastDeepVerify { get; } = new(
        "last_deep_verify", Moment, Repository, "when every byte was last verified", Journal);

    /// <summary>What it found.</summary>
    public static Measure LastDeepVerifyDamage { get; } = new(
        "last_deep_verify_damage", Count, Repository, "what that verification found missing, altered or unreadable",
        Journal);

    /// <summary>How full the volume is.</summary>
    public static Measure VolumeUsed { get; } = new(
        "volume_used_percent", Percent, Repository, "how full the file system under the repository is", "statvfs");

    /// <summary>What is left.</summary>
    public static Measure VolumeFree { get; } = new(
        "volume_free_bytes", Bytes, Repository, "what is free on it", "statvfs");

    /// <summary>Whether one disk takes both.</summary>
    public static Measure VolumeSeparate { get; } = new(
        "volume_separate", Text, Repository, "'yes' where it is another file system than the data directory's",
        "device numbers of both");

    /// <summary>Whether a stolen disk can be read.</summary>
    public static Measure VolumeEncrypted { get; } = new(
        "volume_encrypted", Text, Repository, "'yes' where every disk under it is LUKS",
        "the kernel's mounts and disks");

    /// <summary>How much of the rule by count and calendar is not there yet.</summary>
    public static Measure CalendarMissing { get; } = new(
        "calendar_missing", Count, Repository,
        "backups that the retention rule by count, day, week, month and year could keep and that are not there yet",
        Manifests);

    /// <summary>The same, part by part.</summary>
    public static Measure CalendarFilled { get; } = new(
        "calendar_filled", Text, Repository, "how much of each part of that rule is there: '3 of 12 months'",
        Manifests);

    /// <summary>What was proven.</summary>
    public static Measure ProvenLevel { get; } = new(
        "proven_level", Text, Repository, "what a test has shown of a backup: boots, sound or right", "evidence");

    /// <summary>The server's version.</summary>
    public static Measure ServerVersion { get; } = new(
        "server_version", Text, Cluster, "the server's version", "the server");

    /// <summary>Whether it archives at all.</summary>
    public static Measure ArchiveMode { get; } = new(
        "archive_mode", Text, Cluster, "the server's archive_mode: 'off' where no WAL is archived", "the server");

    /// <summary>Files that wait.</summary>
    public static Measure WalWaiting { get; } = new(
        "wal_waiting", Count, Cluster, "WAL files that wait to be archived", Disk);

    /// <summary>How long.</summary>
    public static Measure WalLag { get; } = new(
        "wal_lag_seconds", Seconds, Cluster,
        "how long the oldest of them has waited; 0 where none does, however idle the server is", Disk);

    /// <summary>Failed tries.</summary>
    public static Measure ArchiveFailures { get; } = new(
        "archive_failures", Count, Cluster, "failed tries of archive_command since the counters were reset", Counters);

    /// <summary>When it last failed, where it still does.</summary>
    public static Measure ArchiveFailing { get; } = new(
        "archive_failing", Text, Cluster,
        "the WAL file whose last try failed, where no other was archived since; 'no' where all is well", Counters);

    /// <summary>Settings that are not as they should be.</summary>
    public static Measure SettingsDrift { get; } = new(
        "settings_drift", Count, Cluster, "statements that 'setup' would run", "the server's settings and rights");

    /// <summary>The first of them.</summary>
    public static Measure FirstDrift { get; } = new(
        "settings_drift_first", Text, Cluster, "the first of them; 'none' where there is none",
        "the server's settings and rights");

    /// <summary>When a full backup is due again.</summary>
    public static Measure NextFullDue { get; } = new(
        "next_full_due", Moment, Cluster, "when a full backup is due next by the schedule", "the policy");

    /// <summary>When an incremental one is due again.</summary>
    public static Measure NextIncrementalDue { get; } = new(
        "next_incremental_due", Moment, Cluster, "when an incremental backup is due next by the schedule",
        "the policy");

    /// <summary>Measured recovery.</summary>
    public static Measure RestoreTook { get; } = new(
        "restore_duration_seconds", Seconds, Cluster, "the last restore, from the command to an open server", Journal);

    /// <summary>What was restored.</summary>
    public static Measure RestoreBytes { get; } = new(
        "restore_size_bytes", Bytes, Cluster, "bytes of files that it restored", Journal);

    /// <summary>When.</summary>
    public static Measure Restored { get; } = new(
        "last_restore", Moment, Cluster, "when it began", Journal);

    /// <summary>Simple or sealed.</summary>
    public static Measure KeyMode { get; } = new(
        "key_mode", Text, Cluster, "'simple' where the recovery identity lies on this host, 'sealed' where it does not",
        "the policy");

    /// <summary>When keys were tried.</summary>
    public static Measure KeysTried { get; } = new(
        "keys_tried", Moment, Cluster, "when recovery keys last opened what they must", Journal);

    /// <summary>When the policy is to be reviewed.</summary>
    public static Measure NextReview { get; } = new(
        "next_review", Moment, Cluster, "the day by which the policy is to be reviewed", "the policy");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Measure> All { get; } =
    [
        RepositoryReadable, NewestBackup, NewestBackupBegan, NewestBackupEnded, NewestBackupTook, NewestBackupHolds,
        NewestBackupStored, NewestFullBegan, NewestIncrementalBegan, NewestAuditBegan, ChainLength,
        SizeAgainstPrevious, OldestBackupEnded, CalendarMissing, CalendarFilled, GoodBackups, DamagedBackups,
        DamagedSinceGood, UnreadableManifests,
        LastWal, LastWalArrived, LastCommit, ArchivedIsHere, LossNow, LossBound, EarliestMoment, LatestMoment,
        UnbrokenSince, Gaps, NewestGap, NewestGapUntil, WalConflicts, FollowLag, FollowLagBytes, LastVerify,
        LastVerifyDamage, LastDeepVerify, LastDeepVerifyDamage, VolumeUsed, VolumeFree, VolumeSeparate, VolumeEncrypted,
        ProvenLevel,
        ServerVersion, ArchiveMode, WalWaiting, WalLag, ArchiveFailures, ArchiveFailing, SettingsDrift, FirstDrift,
        NextFullDue, NextIncrementalDue, RestoreTook, RestoreBytes, Restored, KeyMode, KeysTried, NextReview,
    ];
}
