using TomoBackup.Policies;
using TomoBackup.Repositories;
using TomoBackup.Retention;
using TomoBackup.Storage;

namespace TomoBackup.Following;

/// <summary>Looks at both repositories, and asks the follower's own retention what it would keep.</summary>
sealed class FollowSurvey(FollowContext context)
{
    /// <summary>Looks at the one that is followed.</summary>
    /// <param name="held">What the follower holds.</param>
    public async Task<FollowScene> ReadAsync(
        IReadOnlyDictionary<ObjectKey, long> held, CancellationToken cancellationToken)
    {
        var lineage = context.Lineage;
        var catalog = await Catalog.ReadAsync(context.Source, lineage, cancellationToken).ConfigureAwait(false);
        var seen = await new RepositorySurvey(
            context.Source, lineage, context.Keys, new Dictionary<string, string>(), context.Time)
            .ReadAsync(cancellationToken).ConfigureAwait(false);
        var plan = RetentionPlanner.Plan(SceneOf(seen));
        var wanted = plan.Backups.Where(b => b.Fate == Fate.Stays).Select(b => b.Backup.Id)
            .ToHashSet(StringComparer.Ordinal);
        var spans = plan.Wal.Where(w => w.Fate == Fate.Stays)
            .Select(w => new SegmentSpan(w.Timeline, w.First, w.Last))
            .ToLookup(span => span.Timeline);

        return new FollowScene
        {
            Records = await ListAsync(RecordPrefixes(lineage), cancellationToken).ConfigureAwait(false),
            Wal = await ListAsync([RepositoryLayout.WalRoot(lineage.Id)], cancellationToken).ConfigureAwait(false),
            BackupObjects = await ListAsync([RepositoryLayout.Backups(lineage.Id)], cancellationToken)
                .ConfigureAwait(false),
            Backups = catalog.Backups,
            Held = held,
            WantsBackup = wanted.Contains,
            WantsWal = key => WalObject.TryParse(lineage.Id, key, seen.SegmentSize) is { Segment: var segment }
                && spans[segment.Timeline].Any(span => span.Contains(segment.Timeline, segment.Number)),
        };
    }

    /// <summary>Lengths of all that the follower holds of this cluster.</summary>
    public async Task<IEnumerable<ObjectEntry>> ReadHeldAsync(CancellationToken cancellationToken)
    {
        var lineage = context.Lineage;
        var entries = new List<ObjectEntry>();

        foreach (var prefix in RecordPrefixes(lineage)
            .Append(RepositoryLayout.WalRoot(lineage.Id)).Append(RepositoryLayout.Backups(lineage.Id)))
            await foreach (var entry in context.Target.Store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
                entries.Add(entry);

        return entries;
    }

    /// <summary>In the order in which they are needed.</summary>
    static IReadOnlyList<string> RecordPrefixes(Lineage lineage) =>
    [
        RepositoryLayout.Lineages(lineage.Cluster), RepositoryLayout.Keys(lineage.Id),
        RepositoryLayout.Histories(lineage.Id),
    ];

    async Task<IReadOnlyList<ObjectEntry>> ListAsync(
        IReadOnlyList<string> prefixes, CancellationToken cancellationToken)
    {
        var entries = new List<ObjectEntry>();

        foreach (var prefix in prefixes)
            await foreach (var entry in context.Source.Store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
                entries.Add(entry);

        return entries;
    }

    RetentionScene SceneOf(SurveyedRepository seen) => new()
    {
        Now = context.Time.GetUtcNow(),
        Wal = RuleOf(context.Retention.Wal),
        Backup = RuleOf(context.Retention.Backup),
        SegmentSize = seen.SegmentSize,
        Backups = seen.Backups,
        Unfinished = seen.Unfinished,
        Archive = seen.Archive,
        Histories = seen.Histories,
        Announcements = seen.Announcements,
    };

    RetentionRule RuleOf(IReadOnlyDictionary<string, RetentionRule> rules)
        => rules.GetValueOrDefault(context.Target.Name, RetentionRule.Everything);
}
