using TomoBackup.Postgres;
using TomoBackup.Postgres.Wal;

namespace TomoBackup.Restores;

/// <summary>
/// Finds where recovery would stop in a chain of segments without reading all of it: notes tell which segment holds the
/// stop, and only the segments around it are read.
/// </summary>
sealed class ChainScan(RestoreSources sources, WalSegmentSize size)
{
    /// <summary>Scans for a target; without a stop, the scan shows the last record of the chain.</summary>
    public async Task<ReplayScan> RunAsync(
        WalChain chain, RestoreTarget target, Lsn consistent, CancellationToken cancellationToken)
    {
        var scan = new ReplayScan(target, consistent);

        if (chain.Segments.Count == 0)
            return scan;

        var stop = await FindStopAsync(chain, target, cancellationToken).ConfigureAwait(false);
        var from = await FirstToReadAsync(chain, stop ?? chain.Segments.Count - 1, cancellationToken)
            .ConfigureAwait(false);
        var reader = new WalChainReader(size);

        // Behind a stop the scan ends by itself; a record that begins in one segment and ends in the next needs both.
        for (var i = from; i < chain.Segments.Count; i++)
        {
            var segment = chain.Segments[i];
            var bytes = await sources.ReadAsync(segment, cancellationToken).ConfigureAwait(false);
            var end = reader.Read(segment.Segment, bytes, ref scan);

            if (end is not (WalReadEnd.SegmentFull or WalReadEnd.SegmentSwitch))
                break;
        }

        return scan;
    }

    /// <summary>Index of the first segment whose notes show the stop, or of the one before where a record runs
    /// across.</summary>
    async Task<int?> FindStopAsync(WalChain chain, RestoreTarget target, CancellationToken cancellationToken)
    {
        switch (target)
        {
            case RestoreTarget.Position position:
                var index = chain.Segments.ToList().FindIndex(s => s.Segment.End(size) > position.At);
                return index >= 0 ? index : null;

            case RestoreTarget.Time time:
                for (var i = 0; i < chain.Segments.Count; i++)
                {
                    var note = await sources.ReadNoteAsync(chain.Segments[i], cancellationToken).ConfigureAwait(false);

                    // A record cut by the segment's end is in no note: the scan must look at it.
                    if (note.LastCommit > time.At
                        || (time.Exclusive && note.LastCommit == time.At)
                        || (note.Continues is not null && i + 1 == chain.Segments.Count))
                        return i;
                }

                return null;

            default:
                return null;
        }
    }

    /// <summary>Goes back until the last commit before the stop has been seen, a few segments at most: it is what
    /// people recognise the moment by.</summary>
    async Task<int> FirstToReadAsync(WalChain chain, int stop, CancellationToken cancellationToken)
    {
        const int LookBack = 8;
        var first = Math.Max(0, stop - 1);

        for (var i = first; i >= Math.Max(0, stop - LookBack); i--)
        {
            first = i;
            var note = await sources.ReadNoteAsync(chain.Segments[i], cancellationToken).ConfigureAwait(false);

            if (note.Commits > 0)
                break;
        }

        return first;
    }
}
