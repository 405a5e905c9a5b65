using System.Globalization;

namespace TomoBackup.Retention;

/// <summary>
/// Decides what stays and what goes, and says why. Pure: everything comes in with the scene. Whatever it does not know
/// (a timeline's ancestors, a follower's copies, any good backup at all) makes it keep more, never less.
/// </summary>
static class RetentionPlanner
{
    /// <summary>Plans.</summary>
    public static RetentionPlan Plan(RetentionScene scene)
    {
        var tree = new TimelineTree(scene.Histories, scene.SegmentSize);
        var reason = ReasonToKeepAll(scene, tree);
        var promise = reason is null ? WindowPromise.Of(scene, tree) : null;
        var backups = new BackupVerdicts(scene, promise, reason).Decide();
        var wal = new WalVerdicts(scene, promise, reason).Decide();

        return new RetentionPlan
        {
            Now = scene.Now,
            WindowStart = scene.WindowStart,
            SegmentSize = scene.SegmentSize,
            Backups = backups,
            Unfinished = UnfinishedVerdicts(scene, backups),
            Wal = wal,
            Losses = reason is null ? LossReckoning.Of(scene, tree, backups, wal) : [],
        };
    }

    /// <summary>What waits until its grace has passed, and then goes.</summary>
    public static (Fate Fate, DateTimeOffset Due) FateOf(RetentionScene scene, DateTimeOffset since)
    {
        var due = since + RetentionPlan.Grace;
        return (due <= scene.Now ? Fate.Goes : Fate.Waits, due);
    }

    static Ground? ReasonToKeepAll(RetentionScene scene, TimelineTree tree)
    {
        if (!scene.Backups.Any(b => b.IsGood))
            return new Ground(GroundKind.NoGoodBackup);

        foreach (var timeline in scene.Archive.Select(w => w.Timeline).Concat(scene.Backups.Select(b => b.Timeline))
            .Order())
            if (!tree.Knows(timeline))
                return new Ground(GroundKind.UnknownTimeline, timeline.ToString(CultureInfo.InvariantCulture));

        // Somebody is at work and does not say on what.
        return scene.Announcements.FirstOrDefault(a => a.Subject is null) is { } busy ? Ground.Of(busy) : null;
    }

    static List<UnfinishedVerdict> UnfinishedVerdicts(RetentionScene scene, IReadOnlyList<BackupVerdict> backups)
    {
        var verdicts = new List<UnfinishedVerdict>();
        var users = backups.Where(b => b.Fate != Fate.Goes)
            .SelectMany(b => b.Backup.BuiltOn.Select(on => (On: on, By: b.Backup.Id)))
            .ToLookup(pair => pair.On, pair => pair.By, StringComparer.Ordinal);

        foreach (var folder in scene.Unfinished.OrderBy(f => f.Id, StringComparer.Ordinal))
        {
            if (ReasonToKeep(scene, folder, users) is { } ground)
            {
                verdicts.Add(new UnfinishedVerdict(folder, Fate.Stays, ground, null, null));
                continue;
            }

            var since = scene.Marks.Backups.TryGetValue(folder.Id, out var marked) ? marked : scene.Now;
            var (fate, due) = FateOf(scene, since);
            verdicts.Add(new UnfinishedVerdict(folder, fate, new Ground(GroundKind.Abandoned), since, due));
        }

        return verdicts;
    }

    static Ground? ReasonToKeep(RetentionScene scene, UnfinishedBackup folder, ILookup<string, string> users)
    {
        if (folder.HasManifest)
            return new Ground(GroundKind.ForeignManifest);

        // Its manifest was lost; the packs serve another backup all the same.
        if (users[folder.Id].Max(StringComparer.Ordinal) is { } user)
            return new Ground(GroundKind.BuiltOn, user);

        if (scene.Announcements.FirstOrDefault(
            a => a.Subject is null || a.Subject == folder.Id || a.Subject == folder.Generation) is { } busy)
            return Ground.Of(busy);

        return folder.Stored > scene.Now - RetentionPlan.Grace ? new Ground(GroundKind.JustWritten) : null;
    }
}
