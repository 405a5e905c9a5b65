using TomoBackup.Policies;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Retention;

/// <summary>All that a plan is made from: what one repository holds of a cluster, who is at work there, what the policy
/// says, and the clock. A value; whoever has the same scene gets the same plan.</summary>
sealed record RetentionScene
{
    /// <summary>The moment of the plan.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How far back every moment stays reachable; without an age, for ever.</summary>
    public required RetentionRule Wal { get; init; }

    /// <summary>Which backups stay.</summary>
    public required RetentionRule Backup { get; init; }

    /// <summary>Bytes in a WAL segment of the cluster.</summary>
    public required WalSegmentSize SegmentSize { get; init; }

    /// <summary>The backups with an authentic manifest, in any order.</summary>
    public IReadOnlyList<KnownBackup> Backups { get; init; } = [];

    /// <summary>Folders of backups without one.</summary>
    public IReadOnlyList<UnfinishedBackup> Unfinished { get; init; } = [];

    /// <summary>The archive, a timeline each.</summary>
    public IReadOnlyList<ArchivedWal> Archive { get; init; } = [];

    /// <summary>The histories that could be read, by their timeline. Timeline 1 has none.</summary>
    public IReadOnlyDictionary<uint, TimelineHistory> Histories { get; init; } = NoHistories;

    /// <summary>Leases and intents that have not run out.</summary>
    public IReadOnlyList<Announcement> Announcements { get; init; } = [];

    /// <summary>Ids of the backups that a test restored.</summary>
    public IReadOnlySet<string> Proven { get; init; } = NoIds;

    /// <summary>The repositories that copy this one.</summary>
    public IReadOnlyList<Follower> Followers { get; init; } = [];

    /// <summary>What earlier runs found unwanted.</summary>
    public RetentionMarks Marks { get; init; } = RetentionMarks.None;

    /// <summary>The moment from which on all is promised; null where that is the first one there is.</summary>
    public DateTimeOffset? WindowStart => Wal is { Forever: false, Age: { } age } ? age.Before(Now) : null;

    static readonly Dictionary<uint, TimelineHistory> NoHistories = [];
    static readonly HashSet<string> NoIds = [];
}

/// <summary>A backup as retention sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Generation">The id of its generation's full backup.</param>
/// <param name="IsFull">False for an incremental one.</param>
/// <param name="IsGood">By its manifest, and by the listing: every object that it names is there with its
/// length.</param>
/// <param name="Stopped">When its last page had been read.</param>
/// <param name="Timeline">From start to stop.</param>
/// <param name="StartLsn">Where recovery begins.</param>
/// <param name="StopLsn">Where it must at least arrive; exclusive.</param>
/// <param name="BuiltOn">Ids of the backups whose packs it takes frames from.</param>
/// <param name="Bytes">Of its own objects.</param>
sealed record KnownBackup(
    string Id,
    string Generation,
    bool IsFull,
    bool IsGood,
    DateTimeOffset Stopped,
    uint Timeline,
    Lsn StartLsn,
    Lsn StopLsn,
    IReadOnlyList<string> BuiltOn,
    long Bytes);

/// <summary>The folder of a backup that is not, or not any more, one.</summary>
/// <param name="Id">The folder's name.</param>
/// <param name="Generation">The folder above.</param>
/// <param name="Stored">When its newest object was written, by the store's clock.</param>
/// <param name="HasManifest">True where something stands in the manifest's place that is none.</param>
/// <param name="Objects">How many.</param>
/// <param name="Bytes">Their sum.</param>
sealed record UnfinishedBackup(
    string Id, string Generation, DateTimeOffset Stored, bool HasManifest, int Objects, long Bytes);

/// <summary>What is archived of one timeline.</summary>
/// <param name="Timeline">Which.</param>
/// <param name="Segments">In ascending order, each number once.</param>
sealed record ArchivedWal(uint Timeline, IReadOnlyList<StoredSegment> Segments);

/// <summary>The objects of one WAL segment: the segment itself, an unfinished one, PostgreSQL's notes on a backup.
/// A struct, because there are very many.</summary>
/// <param name="Number">Counted from position zero.</param>
/// <param name="Stored">When the newest of them was written, by the store's clock.</param>
/// <param name="CanBeReplayed">True where the segment is there, whole or unfinished.</param>
/// <param name="Objects">How many.</param>
/// <param name="Bytes">Their sum.</param>
readonly record struct StoredSegment(
    ulong Number, DateTimeOffset Stored, bool CanBeReplayed, int Objects, long Bytes);

/// <summary>Segments of one timeline, both ends included.</summary>
readonly record struct SegmentSpan(uint Timeline, ulong First, ulong Last)
{
    /// <summary>True where a segment lies in it.</summary>
    public bool Contains(uint timeline, ulong number)
        => timeline == Timeline && number >= First && number <= Last;
}

/// <summary>A lease or an intent: somebody needs something for a while.</summary>
/// <param name="Verb">What he does; <c>hold</c> where a person wants a backup kept.</param>
/// <param name="Host">Who.</param>
/// <param name="Since">When it began.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="Subject">The backup or generation that is needed; null for all.</param>
/// <param name="Reason">In a person's words.</param>
sealed record Announcement(
    string Verb, string Host, DateTimeOffset Since, DateTimeOffset Until, string? Subject, string? Reason);

/// <summary>A repository that copies this one, and what of it a verification of the copies found in order.</summary>
/// <param name="Name">Its name in the policy.</param>
/// <param name="Backups">Ids of backups.</param>
/// <param name="Wal">Segments, in no order.</param>
sealed record Follower(string Name, IReadOnlySet<string> Backups, IReadOnlyList<SegmentSpan> Wal)
{
    /// <summary>One of whose copies nothing is known: it needs everything.</summary>
    public static Follower Unverified(string name) => new(name, new HashSet<string>(), []);
}

/// <summary>Since when what was unwanted, as earlier runs remember it: the grace is counted from there.</summary>
/// <param name="Backups">By id, unfinished ones too.</param>
/// <param name="Wal">Spans that do not overlap.</param>
sealed record RetentionMarks(IReadOnlyDictionary<string, DateTimeOffset> Backups, IReadOnlyList<WalMark> Wal)
{
    /// <summary>Those of a first run.</summary>
    public static RetentionMarks None { get; } = new(new Dictionary<string, DateTimeOffset>(), []);
}

/// <summary>Since when a span of WAL was unwanted.</summary>
sealed record WalMark(uint Timeline, ulong First, ulong Last, DateTimeOffset Since);
