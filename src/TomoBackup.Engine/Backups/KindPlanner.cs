using System.Globalization;
using TomoBackup.Codecs;
using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;

namespace TomoBackup.Backups;

/// <summary>What the choice of a backup's kind rests on.</summary>
sealed record KindFacts
{
    /// <summary>The backups of the lineage, oldest first.</summary>
    public required IReadOnlyList<Manifest> Backups { get; init; }

    /// <summary>The cluster as it is now.</summary>
    public required ControlFile Control { get; init; }

    /// <summary>Bytes of a WAL segment.</summary>
    public required int WalSegmentSize { get; init; }

    /// <summary>True where pages carry checksums.</summary>
    public required bool DataChecksums { get; init; }

    /// <summary>Ancestry of the timeline that is being written.</summary>
    public required TimelineHistory History { get; init; }

    /// <summary>How far WAL is written.</summary>
    public required Lsn Position { get; init; }

    /// <summary>True for epochs whose data key is at hand.</summary>
    public required Func<EpochId, bool> CanOpen { get; init; }

    /// <summary>What a backup needs and the repository does not list; null for nothing.</summary>
    public required Func<Manifest, string?> Missing { get; init; }

    /// <summary>The clock.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>Which backup is taken: one of three.</summary>
abstract record BackupKind
{
    BackupKind()
    {
    }

    /// <summary>A full one.</summary>
    /// <param name="Because">Why it is no incremental one, a sentence each; empty where a full one was asked
    /// for.</param>
    public sealed record Full(IReadOnlyList<string> Because) : BackupKind;

    /// <summary>An incremental one.</summary>
    /// <param name="Audit">True where the schedule asks for a comparison with the cluster.</param>
    public sealed record Incremental(Manifest Parent, bool Audit = false) : BackupKind;

    /// <summary>None.</summary>
    public sealed record NotDue(DateTimeOffset? Next) : BackupKind;
}

/// <summary>Chooses the kind of a backup, and the parent of an incremental one. Pure.</summary>
static class KindPlanner
{
    /// <summary>Chooses.</summary>
    public static BackupKind Choose(BackupOptions options, KindFacts facts)
        => options.Request switch
        {
            BackupRequest.Full => new BackupKind.Full([]),
            BackupRequest.Due => WhatIsDue(options, facts),
            _ => Incremental(options, facts),
        };

    static BackupKind WhatIsDue(BackupOptions options, KindFacts facts)
    {
        if (options is { FullSchedule: null, IncrementalSchedule: null })
            return Incremental(options, facts);

        if (facts.Backups.LastOrDefault(b => b.Kind == Manifest.Full) is not { } full)
            return new BackupKind.Full(["there is no full backup yet"]);

        if (options.FullSchedule?.IsDue(full.Started, facts.Now) is true)
            return new BackupKind.Full([$"the schedule '{options.FullSchedule}' asks for a full one"]);

        if (options.IncrementalSchedule?.IsDue(facts.Backups[^1].Started, facts.Now) is true)
        {
            var due = Incremental(options, facts);
            return due is BackupKind.Incremental incremental
                ? incremental with { Audit = IsAuditDue(options, facts) }
                : due;
        }

        var next = new[] { options.FullSchedule, options.IncrementalSchedule }
            .Select(schedule => schedule?.Next(facts.Now))
            .Min();
        return new BackupKind.NotDue(next);
    }

    /// <summary>Since the last backup that was compared, or else since the oldest: a full one missed no change, but one
    /// a day must not put a weekly comparison off for ever.</summary>
    static bool IsAuditDue(BackupOptions options, KindFacts facts)
    {
        var last = facts.Backups.LastOrDefault(b => b.AuditedPages is not null) ?? facts.Backups[0];
        return options.AuditSchedule?.IsDue(last.Started, facts.Now) is true;
    }

    /// <summary>The newest backup of the newest generation that can be built on. Never an older generation: the newest
    /// full one closes it.</summary>
    static BackupKind Incremental(BackupOptions options, KindFacts facts)
    {
        if (facts.Backups.LastOrDefault(b => b.Kind == Manifest.Full) is not { } full)
            return new BackupKind.Full(["there is no full backup yet"]);

        var generation = facts.Backups.Where(b => b.Generation == full.Backup).ToList();
        var chain = generation.Count - 1;

        if (chain >= options.MaxChain)
            return new BackupKind.Full([string.Create(
                CultureInfo.InvariantCulture,
                $"generation '{full.Backup}' has {chain} incremental backups, and the policy allows "
                    + $"{options.MaxChain}")]);

        IReadOnlyList<string>? because = null;

        foreach (var candidate in Enumerable.Reverse(generation))
        {
            var obstacles = Obstacles(candidate, facts).ToList();

            if (obstacles.Count == 0)
                return new BackupKind.Incremental(candidate);

            because ??= obstacles;
        }

        return new BackupKind.Full(because!);
    }

    /// <summary>Why a backup cannot be built on (facts §6.7).</summary>
    static IEnumerable<string> Obstacles(Manifest parent, KindFacts facts)
    {
        var id = $"backup '{parent.Backup}'";

        if (parent.SystemIdentifier != facts.Control.SystemIdentifier.ToString(CultureInfo.InvariantCulture))
            yield return $"{id} is of system identifier {parent.SystemIdentifier}";

        if (parent.DataChecksums != facts.DataChecksums)
            yield return $"page checksums were switched {(facts.DataChecksums ? "on" : "off")} since {id}";

        if (parent.BlockSize != facts.Control.BlockBytes || parent.SegmentBlocks != facts.Control.BlocksPerSegment)
            yield return $"blocks or files had another size in {id}";

        if (parent.WalSegmentSize != facts.WalSegmentSize)
            yield return $"WAL segments had another size in {id}";

        // Its end, not its start: what it read behind a fork is of another history.
        if (!facts.History.IsAncestor(parent.Timeline, parent.StopLsn))
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{id} ended at {parent.StopLsn} on timeline {parent.Timeline}, which timeline "
                    + $"{facts.History.Timeline} does not come from");

        if (parent.StopLsn > facts.Position)
            yield return $"the server's WAL ends at {facts.Position}, before {id} did";

        if (!facts.CanOpen(parent.Epoch))
            yield return $"the key of the open generation '{parent.Generation}' is not on this host";

        if (facts.Missing(parent) is { } missing)
            yield return $"'{missing}', which {id} needs, is not in the repository";
    }
}
