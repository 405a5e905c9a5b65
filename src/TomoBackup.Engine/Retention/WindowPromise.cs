using System.Globalization;

namespace TomoBackup.Retention;

/// <summary>
/// What the promise needs that every moment of the window stays reachable: on each timeline that was written to within
/// it, the newest good backup that had stopped when the window begins, all WAL from that backup's start on, and behind
/// each hole of the archive the good backups that begin again. Pure.
/// </summary>
sealed class WindowPromise
{
    readonly RetentionScene _scene;
    readonly TimelineTree _tree;
    readonly ArchiveReach _reach;
    readonly IReadOnlyList<KnownBackup> _good;
    readonly List<(string Id, Ground Ground)> _backups = [];
    readonly List<(SegmentSpan Span, Ground Ground)> _wal = [];

    WindowPromise(RetentionScene scene, TimelineTree tree)
    {
        _scene = scene;
        _tree = tree;
        _reach = new ArchiveReach(tree, scene.Archive, static (_, _) => true);
        _good = [.. scene.Backups.Where(b => b.IsGood).OrderBy(b => b.StopLsn.Value)];

        foreach (var timeline in LivingTimelines())
            Promise(timeline);
    }

    /// <summary>The backups that it needs.</summary>
    public IReadOnlyList<(string Id, Ground Ground)> Backups => _backups;

    /// <summary>The WAL that it needs.</summary>
    public IReadOnlyList<(SegmentSpan Span, Ground Ground)> Wal => _wal;

    /// <summary>Works it out; the ancestors of every timeline must be known.</summary>
    public static WindowPromise Of(RetentionScene scene, TimelineTree tree) => new(scene, tree);

    /// <summary>The timelines whose own moments are promised: those written to within the window, and, for an idle
    /// cluster, the newest one, that of the newest good backup, and that of whatever was stored last.</summary>
    IEnumerable<uint> LivingTimelines()
    {
        var newest = new SortedDictionary<uint, DateTimeOffset>();

        foreach (var timeline in _scene.Histories.Keys)
            newest.TryAdd(timeline, DateTimeOffset.MinValue);

        foreach (var backup in _scene.Backups)
            Note(backup.Timeline, backup.Stopped);

        foreach (var wal in _scene.Archive)
            foreach (var segment in wal.Segments)
                Note(wal.Timeline, segment.Stored);

        if (newest.Count == 0)
            return [];

        var start = _scene.WindowStart ?? DateTimeOffset.MinValue;
        var ofGood = _good.OrderBy(b => b.Stopped).ThenBy(b => b.Id, StringComparer.Ordinal).LastOrDefault()?.Timeline;
        var last = newest.OrderBy(pair => pair.Value).Last().Key;

        return newest.Where(t => t.Value >= start || t.Key == newest.Keys.Last() || t.Key == ofGood || t.Key == last)
            .Select(t => t.Key);

        void Note(uint timeline, DateTimeOffset time)
            => newest[timeline] = newest.TryGetValue(timeline, out var known) && known > time ? known : time;
    }

    void Promise(uint timeline)
    {
        var path = _good.Where(b => _tree.Leads(b, timeline)).ToList();

        if (path.Count == 0)
            return;

        var start = _scene.WindowStart ?? DateTimeOffset.MinValue;
        var anchor = path.LastOrDefault(b => b.Stopped <= start) ?? path[0];
        var name = timeline.ToString(CultureInfo.InvariantCulture);

        _backups.Add((anchor.Id, new Ground(GroundKind.BeginsWindow, name)));

        foreach (var span in _tree.NeededFrom(anchor, timeline))
            _wal.Add((span, new Ground(GroundKind.InWindow, anchor.Id)));

        var reached = Reach(anchor, timeline);

        // What lies behind a hole is reached only from a backup that begins behind it; one that stopped behind the hole
        // and began before it adds its own end.
        foreach (var backup in path.SkipWhile(b => b != anchor).Skip(1))
        {
            if (_tree.LastOf(backup) <= reached)
                continue;

            _backups.Add((backup.Id, new Ground(GroundKind.BehindHole, name)));
            reached = Math.Max(reached, Reach(backup, timeline));
        }
    }

    ulong Reach(KnownBackup backup, uint timeline) => _reach.From(backup, timeline)?.Segment ?? 0;
}
