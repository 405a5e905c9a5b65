namespace TomoBackup.Policies.Review;

/// <summary>
/// Work that begins at one minute, of any cluster: a full backup, an audit, a dump, a restore test and a drill each
/// read or write everything, and two of them at once take twice as long and disturb the database. An incremental backup
/// may meet any of them: at the minute of a full one it is left out, and beside the others it is small.
/// </summary>
static class CollisionRules
{
    sealed record Work(string Path, string Words, Schedule Schedule);

    /// <summary>The rules.</summary>
    public static IEnumerable<ReviewFinding> Of(ReviewScope scope)
        => Pairs([.. scope.Policy.Clusters.SelectMany(WorkOf), .. WorkOf(scope.Policy.Tests)])
            .Select(pair => (pair.One, pair.Other, At: pair.One.Schedule.FirstMeeting(pair.Other.Schedule, scope.Now)))
            .Where(pair => pair.At is not null)
            .Select(pair => Collide(pair.One, pair.Other, pair.At!.Value));

    static IEnumerable<Work> WorkOf(ClusterPolicy cluster)
    {
        if (cluster.Full is { } full)
            yield return new Work($"clusters.{cluster.Name}.full", $"the full backup of '{cluster.Name}'", full);

        // Without incremental backups there is nothing to compare.
        if (cluster is { Incremental: not null, Audit: { } audit })
            yield return new Work($"clusters.{cluster.Name}.audit", $"the audit of '{cluster.Name}'", audit);

        if (cluster.Dump is { } dump)
            yield return new Work($"clusters.{cluster.Name}.dump", $"the dump of '{cluster.Name}'", dump);
    }

    static IEnumerable<Work> WorkOf(TestPolicy tests)
    {
        if (tests.Restore?.Rhythm.At is { } test)
            yield return new Work("tests.restore.at", "the restore test", test);

        if (tests.Drill?.Rhythm.At is { } drill)
            yield return new Work("tests.drill.at", "the drill", drill);
    }

    static IEnumerable<(Work One, Work Other)> Pairs(IReadOnlyList<Work> works)
        => works.SelectMany((one, at) => works.Skip(at + 1).Select(other => (one, other)));

    static ReviewFinding Collide(Work one, Work other, DateTimeOffset at)
        => FindingKinds.SchedulesCollide.At(
            other.Path,
            $"{other.Words} and {one.Words} begin at the same minute, for the first time at "
                + $"{at.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
            $"Move '{other.Path}' to an hour at which the other is done.");
}
