using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Retention;

/// <summary>Decides on archived WAL, and gathers neighbours of one fate into runs. Pure.</summary>
sealed class WalVerdicts(RetentionScene scene, WindowPromise? promise, Ground? reasonToKeepAll)
{
    /// <summary>A clock of the store may go a little behind ours.</summary>
    static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    readonly ILookup<uint, (SegmentSpan Span, Ground Ground)> _needed
        = (promise?.Wal ?? []).ToLookup(w => w.Span.Timeline);

    readonly List<WalVerdict> _runs = [];

    /// <summary>The verdicts, by timeline and position.</summary>
    public IReadOnlyList<WalVerdict> Decide()
    {
        foreach (var wal in scene.Archive.OrderBy(w => w.Timeline))
        {
            var marks = scene.Marks.Wal.Where(m => m.Timeline == wal.Timeline).OrderBy(m => m.First).ToList();
            var mark = 0;

            foreach (var segment in wal.Segments)
            {
                while (mark < marks.Count && marks[mark].Last < segment.Number)
                    mark++;

                var since = mark < marks.Count && marks[mark].First <= segment.Number
                    ? marks[mark].Since
                    : (DateTimeOffset?)null;

                Add(Judge(wal.Timeline, segment, since));
            }
        }

        return _runs;
    }

    WalVerdict Judge(uint timeline, StoredSegment segment, DateTimeOffset? marked)
    {
        WalVerdict Verdict(Fate fate, Ground ground, DateTimeOffset? since, DateTimeOffset? due)
            => new(timeline, segment.Number, segment.Number, 1, segment.Bytes, fate, ground, since, due);

        if (ReasonToKeep(timeline, segment) is { } reason)
            return Verdict(Fate.Stays, reason, null, null);

        var since = marked ?? scene.Now;
        var (fate, due) = RetentionPlanner.FateOf(scene, since);
        return Verdict(fate, new Ground(GroundKind.OutOfWindow), since, due);
    }

    Ground? ReasonToKeep(uint timeline, StoredSegment segment)
    {
        if (reasonToKeepAll is { } reason)
            return reason;

        if (scene.WindowStart is not { } start)
            return new Ground(GroundKind.KeptForever);

        foreach (var (span, ground) in _needed[timeline])
            if (span.Contains(timeline, segment.Number))
                return ground;

        foreach (var announcement in scene.Announcements)
            if (IsNeededBy(announcement, segment))
                return Ground.Of(announcement);

        // Also where a promotion or a first backup has not been understood yet.
        if (segment.Stored >= start)
            return new Ground(GroundKind.YoungerThanWindow);

        foreach (var follower in scene.Followers)
            if (!follower.Wal.Any(span => span.Contains(timeline, segment.Number)))
                return new Ground(GroundKind.FollowerLacks, follower.Name);

        return null;
    }

    /// <summary>A hold needs the backup's own copy only. Whoever else names a backup may roll it forward, along any
    /// timeline, and an ancestor's file may serve where its timeline began; a backup that is being taken needs what is
    /// archived meanwhile.</summary>
    bool IsNeededBy(Announcement announcement, StoredSegment segment)
    {
        if (announcement.Verb == IntentRecord.Hold)
            return false;

        var named = scene.Backups
            .Where(b => b.Id == announcement.Subject || b.Generation == announcement.Subject)
            .ToList();

        return named.Count == 0
            ? segment.Stored >= announcement.Since - Slack
            : named.Any(b => segment.Number >= Number(b));
    }

    ulong Number(KnownBackup backup)
        => WalSegment.Containing(backup.StartLsn, backup.Timeline, scene.SegmentSize).Number;

    void Add(WalVerdict next)
    {
        if (_runs is [.., var open] && open.Timeline == next.Timeline && open.Fate == next.Fate
            && open.Ground == next.Ground && open.Since == next.Since)
            _runs[^1] = open with
            {
                Last = next.Last,
                Segments = open.Segments + 1,
                Bytes = open.Bytes + next.Bytes,
            };
        else
            _runs.Add(next);
    }
}
