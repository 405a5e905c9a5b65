using TomoBackup.Postgres.Wal;

namespace TomoBackup.Measurements;

/// <summary>
/// How much of the latest work would be lost if the host vanished now: an upper bound, from what is known. Pure. An
/// idle server is not a lagging one: PostgreSQL closes a segment that holds work within archive_timeout, so where all
/// closed segments are archived, no work is older than that
/// (https://www.postgresql.org/docs/18/runtime-config-wal.html).
/// </summary>
static class LossEstimate
{
    /// <summary>The bound; a reason where nothing can be said.</summary>
    public static (TimeSpan? AtMost, Unknown? Unknown) Of(ClusterFacts facts, RepositoryContents contents)
    {
        if (contents.Map.Tail is not { } tail)
            return (null, Unknown.NotYet("no moment can be recovered: everything would be lost"));

        var sinceLast = Bound(facts.Now, tail);

        if (facts.Archiver.Seen is { } archiver)
            return (AtMost(facts, contents, tail, archiver, sinceLast), null);

        // A server that stops in order archives all that it has written.
        if (facts.Queue.Seen is { StoppedIn: { } stopped, Waiting: 0 }
            && contents.Last is { } last && last.Number + 1 >= stopped && IsEnd(contents, tail))
            return (TimeSpan.Zero, null);

        return (null, facts.Archiver.Unknown! with
        {
            Reason = $"at most {Readable.Span(sinceLast)}, less if nothing was committed since: "
                + "the server cannot be asked",
        });
    }

    /// <summary>The bound that holds whatever the server says: all that was committed since the last moment that can be
    /// recovered.</summary>
    public static TimeSpan Bound(DateTimeOffset now, ReachableSpan tail) => Positive(now - tail.To);

    static TimeSpan AtMost(
        ClusterFacts facts, RepositoryContents contents, ReachableSpan tail, ArchiverFacts archiver, TimeSpan sinceLast)
    {
        if (archiver.Timeline == tail.Timeline && archiver.Insert <= tail.End)
            return TimeSpan.Zero;

        // Without archive_timeout an open segment may hold work of any age, back to the last that is archived.
        if (facts.Server.Seen is not { Wal: { ArchiveTimeout: var timeout } wal } || timeout <= TimeSpan.Zero)
            return sinceLast;

        // What is being written must follow what can be recovered, or a hole lies between.
        var writing = archiver.Insert.Value / (ulong)wal.SegmentSize;

        if (contents.Last is not { } last || archiver.Timeline != tail.Timeline || !IsEnd(contents, tail))
            return sinceLast;

        if (last.Number + 1 >= writing)
            return Least(sinceLast, timeout);

        return facts.Queue.Seen is { OldestSince: { } since }
            ? Least(sinceLast, Positive(facts.Now - since) + timeout)
            : sinceLast;
    }

    static bool IsEnd(RepositoryContents contents, ReachableSpan tail)
        => tail.Wal is { } wal && contents.Last!.Name.AsSpan(0, WalSegment.NameLength).SequenceEqual(wal.Last);

    static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
