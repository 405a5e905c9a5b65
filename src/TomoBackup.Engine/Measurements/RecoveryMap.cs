using TomoBackup.Postgres;

namespace TomoBackup.Measurements;

/// <summary>Which moments of a cluster one repository can bring back, by timeline.</summary>
/// <param name="Lines">By timeline, oldest first.</param>
public sealed record RecoveryMap(IReadOnlyList<TimelineLine> Lines)
{
    /// <summary>Nothing can be brought back.</summary>
    public static RecoveryMap Empty { get; } = new([]);

    /// <summary>The newest timeline; null where there is none.</summary>
    public TimelineLine? Current => Lines.Count > 0 ? Lines[^1] : null;

    /// <summary>The first moment on any timeline; null where there is none.</summary>
    public DateTimeOffset? Earliest
        => Lines.SelectMany(l => l.Spans).Select(s => (DateTimeOffset?)s.From).Min();

    /// <summary>The last moment of the newest timeline that has one; null where there is none.</summary>
    public DateTimeOffset? Latest => Tail?.To;

    /// <summary>The span that recovery to the end of the archive uses; null where there is none.</summary>
    public ReachableSpan? Tail
        => Lines.LastOrDefault(l => l.Spans.Count > 0) is { } line ? line.Spans[^1] : null;

    /// <summary>Where the unbroken stretch begins that ends at <see cref="Latest"/>, across forks; null where there is
    /// none.</summary>
    public DateTimeOffset? UnbrokenSince
    {
        get
        {
            var since = Tail;

            while (since is { Backup: null } && Before(since) is { } parent)
                since = parent;

            return since?.From;
        }
    }

    /// <summary>The gaps that lie on the way to the newest timeline, newest first.</summary>
    public IReadOnlyList<RecoveryGap> GapsOnTheWay()
    {
        var gaps = new List<RecoveryGap>();
        DateTimeOffset? until = null;

        for (var line = Current; line is not null;)
        {
            gaps.AddRange(line.Gaps.Where(g => until is null || g.After < until).Reverse());
            until = line.Fork?.At;
            line = line.Fork is { } fork ? Lines.FirstOrDefault(l => l.Timeline == fork.Parent) : null;
        }

        return gaps;
    }

    /// <summary>The span of the parent timeline that a span goes on from.</summary>
    ReachableSpan? Before(ReachableSpan span)
        => Lines.Single(l => l.Timeline == span.Timeline).Fork is { } fork
            && Lines.FirstOrDefault(l => l.Timeline == fork.Parent) is { } parent
                ? parent.Spans.LastOrDefault(s => s.From <= span.From)
                : null;
}

/// <summary>One timeline in a repository.</summary>
/// <param name="Timeline">Its number.</param>
/// <param name="Fork">Where it left its parent; null for the first one, and where the parent is not in the
/// repository.</param>
/// <param name="Spans">Stretches of moments that can be reached, oldest first.</param>
/// <param name="Gaps">Where none can be reached although more WAL or a backup follows, oldest first.</param>
/// <param name="Backups">Backups of this timeline, oldest first.</param>
public sealed record TimelineLine(
    uint Timeline,
    TimelineFork? Fork,
    IReadOnlyList<ReachableSpan> Spans,
    IReadOnlyList<RecoveryGap> Gaps,
    IReadOnlyList<BackupMark> Backups);

/// <summary>Where a timeline left its parent.</summary>
/// <param name="Parent">The parent's number.</param>
/// <param name="At">About when: the last commit known before; null where none is known.</param>
/// <param name="IsProven">True where the history file says so; false where only names of segments do, because no key
/// was at hand.</param>
public sealed record TimelineFork(uint Parent, DateTimeOffset? At, bool IsProven);

/// <summary>An unbroken stretch of moments on one timeline.</summary>
/// <param name="Timeline">The timeline.</param>
/// <param name="From">The first moment: the end of the backup that it begins with, or the fork.</param>
/// <param name="To">The last moment that is known: the last archived commit, or the end of a later backup.</param>
/// <param name="Backup">Id of the backup that it begins with; null where it goes on from the parent timeline.</param>
/// <param name="Wal">The archived segments; null where the backup stands alone.</param>
/// <param name="End">Behind the last record.</param>
public sealed record ReachableSpan(
    uint Timeline, DateTimeOffset From, DateTimeOffset To, string? Backup, WalStretch? Wal, Lsn End);

/// <summary>A stretch of which no moment can be reached.</summary>
/// <param name="Wal">From the first segment that is lost to the last.</param>
/// <param name="Segments">How many are lost; those between that are there are of no use.</param>
/// <param name="IsConflict">True where the first one is there twice, with different contents, and not missing.</param>
/// <param name="After">The last moment before it; null where there is none.</param>
/// <param name="Until">The first moment behind it; null where nothing can be reached behind it yet.</param>
public sealed record RecoveryGap(
    WalStretch Wal, long Segments, bool IsConflict, DateTimeOffset? After, DateTimeOffset? Until);

/// <summary>A backup on a timeline.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsFull">False for an incremental one.</param>
/// <param name="IsGood">False where pages of the source were damaged.</param>
/// <param name="Ended">When it ended: the first moment that can be reached with it.</param>
public sealed record BackupMark(string Id, bool IsFull, bool IsGood, DateTimeOffset Ended);

/// <summary>Consecutive segments of one timeline, both ends included, by PostgreSQL's names.</summary>
public sealed record WalStretch(string First, string Last)
{
    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"'{First}'" : $"'{First}' to '{Last}'";
}
