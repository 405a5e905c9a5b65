namespace TomoBackup.Retention;

/// <summary>Which moments can be reached now, and cannot be once all unwanted things are gone. Pure.</summary>
static class LossReckoning
{
    readonly record struct Moments(DateTimeOffset From, DateTimeOffset To);

    /// <summary>The lost moments of each timeline; a span that several timelines lose alike is told of the oldest.
    /// </summary>
    public static IReadOnlyList<LostMoments> Of(
        RetentionScene scene,
        TimelineTree tree,
        IReadOnlyList<BackupVerdict> backups,
        IReadOnlyList<WalVerdict> wal)
    {
        var unwanted = wal.Where(w => w.Fate != Fate.Stays).ToLookup(w => w.Timeline);
        var staying = backups.Where(b => b.Fate == Fate.Stays).Select(b => b.Backup).ToList();
        var before = new ArchiveReach(tree, scene.Archive, static (_, _) => true);
        var after = new ArchiveReach(tree, scene.Archive, (timeline, segment)
            => !unwanted[timeline].Any(w => w.First <= segment.Number && segment.Number <= w.Last));

        var losses = new List<LostMoments>();

        foreach (var timeline in scene.Archive.Select(w => w.Timeline)
            .Concat(scene.Backups.Select(b => b.Timeline)).Distinct().Order())
            losses.AddRange(
                Join(
                    timeline,
                    Subtract(
                        Reachable(scene.Backups, timeline, tree, before),
                        Reachable(staying, timeline, tree, after)))
                .Where(lost => !losses.Any(known => known.From == lost.From && known.To == lost.To))
                .ToList());

        return losses;
    }

    /// <summary>Two spans that a single moment parts are told as one.</summary>
    static List<LostMoments> Join(uint timeline, IEnumerable<Moments> spans)
    {
        var joined = new List<LostMoments>();

        foreach (var span in spans)
            if (joined is [.., var open] && open.To == span.From)
                joined[^1] = open with { To = span.To, But = open.But + 1 };
            else
                joined.Add(new LostMoments(timeline, span.From, span.To, 0));

        return joined;
    }

    /// <summary>Spans that do not overlap, in order.</summary>
    static List<Moments> Reachable(
        IEnumerable<KnownBackup> backups, uint timeline, TimelineTree tree, ArchiveReach reach)
    {
        var spans = new List<Moments>();

        foreach (var backup in backups.Where(b => b.IsGood && tree.Leads(b, timeline)).OrderBy(b => b.Stopped))
        {
            var span = new Moments(backup.Stopped, backup.Stopped);

            if (reach.From(backup, timeline) is { } end && end.Segment >= tree.LastOf(backup)
                && end.Stored > span.To)
                span = span with { To = end.Stored };

            if (spans is [.., var open] && span.From <= open.To)
                spans[^1] = open with { To = span.To > open.To ? span.To : open.To };
            else
                spans.Add(span);
        }

        return spans;
    }

    static IEnumerable<Moments> Subtract(List<Moments> spans, List<Moments> remaining)
    {
        foreach (var span in spans)
        {
            var from = span.From;
            var isOpen = true;

            foreach (var kept in remaining.Where(r => r.To >= span.From && r.From <= span.To))
            {
                if (kept.From > from)
                    yield return new Moments(from, kept.From);

                from = kept.To;
                isOpen = kept.To < span.To;
            }

            if (isOpen)
                yield return new Moments(from, span.To);
        }
    }
}
