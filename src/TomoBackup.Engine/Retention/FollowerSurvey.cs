using TomoBackup.Postgres.Wal;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Retention;

/// <summary>
/// What of a repository a follower holds too, in objects that its last verification saw: two listings side by side.
/// Every object of a backup or a segment must be there with its length, else the follower still needs ours.
/// </summary>
sealed class FollowerSurvey(Repository source, Repository copy, Lineage lineage, WalSegmentSize size)
{
    readonly HashSet<string> _backups = new(StringComparer.Ordinal);
    readonly HashSet<string> _lacking = new(StringComparer.Ordinal);
    readonly List<(WalSegment Segment, bool IsThere)> _segments = [];

    /// <summary>Looks; a follower that was not verified, or too long ago, or with damage, holds nothing.</summary>
    /// <param name="verification">What this host remembers of the follower; null for nothing.</param>
    public async Task<Follower> ReadAsync(
        VerificationRecord? verification, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (verification is not { Sound: true } || verification.Repository != copy.Id
            || now - verification.Started > ExpireGuards.OldestVerification)
            return Follower.Unverified(copy.Name);

        var backups = RepositoryLayout.Backups(lineage.Id);

        await foreach (var (key, isThere) in CompareAsync(backups, verification.Started, cancellationToken)
            .ConfigureAwait(false))
            if (key.Value[backups.Length..].Split('/', 3) is [_, var backup, _])
                (isThere ? _backups : _lacking).Add(backup);

        await foreach (var (key, isThere) in CompareAsync(
            RepositoryLayout.WalRoot(lineage.Id), verification.Started, cancellationToken).ConfigureAwait(false))
            if (WalObject.TryParse(lineage.Id, key, size) is { } named)
                Add(named.Segment, isThere);

        _backups.ExceptWith(_lacking);
        return new Follower(copy.Name, _backups, Spans());
    }

    /// <summary>Each of our objects, and whether the follower holds it. Listings are in one order, so both are walked
    /// once.</summary>
    async IAsyncEnumerable<(ObjectKey Key, bool IsThere)> CompareAsync(
        string prefix,
        DateTimeOffset verified,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var theirs = copy.Store.ListAsync(prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);

        await using (theirs.ConfigureAwait(false))
        {
            var more = await theirs.MoveNextAsync().ConfigureAwait(false);

            await foreach (var ours in source.Store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                while (more && string.CompareOrdinal(theirs.Current.Key.Value, ours.Key.Value) < 0)
                    more = await theirs.MoveNextAsync().ConfigureAwait(false);

                yield return (
                    ours.Key,
                    more && theirs.Current.Key == ours.Key && theirs.Current.Length == ours.Length
                        && theirs.Current.Modified <= verified);
            }
        }
    }

    void Add(WalSegment segment, bool isThere)
    {
        if (_segments is [.., var last] && last.Segment == segment)
            _segments[^1] = (segment, last.IsThere && isThere);
        else
            _segments.Add((segment, isThere));
    }

    List<SegmentSpan> Spans()
    {
        var spans = new List<SegmentSpan>();

        foreach (var (segment, _) in _segments.Where(s => s.IsThere))
            if (spans is [.., var open] && open.Timeline == segment.Timeline && open.Last + 1 == segment.Number)
                spans[^1] = open with { Last = segment.Number };
            else
                spans.Add(new SegmentSpan(segment.Timeline, segment.Number, segment.Number));

        return spans;
    }
}
