using TomoBackup.Postgres.Server;

namespace TomoBackup.Cli.Demo;

/// <summary>
/// The client's own account of what was committed. Writers run side by side; a commit is noted before it is asked for
/// and again when it is acknowledged, so one whose answer was lost is known to be in doubt. What a restore must bring
/// back is worked out from this account, never from what the source says it held.
/// </summary>
sealed class DemoLedger(
    Func<CancellationToken, Task<DemoSession>> open, DemoPlan plan, TimeProvider time) : IDisposable
{
    /// <summary>Silence on either side of a marked moment: far above a clock's resolution, and below notice.</summary>
    static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(25);

    /// <summary>Writers at once, at most.</summary>
    const int Places = 8;

    const string Now =
        """
        SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, pg_current_wal_insert_lsn()::text
        """;

    readonly Lock _guard = new();
    readonly SemaphoreSlim _places = new(Places, Places);
    readonly List<DemoAcknowledgement> _acknowledged = [];
    long _asked;

    /// <summary>A copy of the account so far, in the order of acknowledgement.</summary>
    public IReadOnlyList<DemoAcknowledgement> Acknowledged
    {
        get
        {
            lock (_guard)
                return [.. _acknowledged];
        }
    }

    /// <summary>Commits asked for and not acknowledged: under way, or in doubt for ever.</summary>
    public long Pending
    {
        get
        {
            lock (_guard)
                return _asked - _acknowledged.Count;
        }
    }

    /// <summary>Makes this many commits, one after the other.</summary>
    public async Task WriteAsync(int count, CancellationToken cancellationToken)
    {
        var session = await open(cancellationToken).ConfigureAwait(false);
        await using var owned = session.ConfigureAwait(false);

        for (var n = 0; n < count; n++)
            await PassAsync(session, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Commits with several writers until it is cancelled, and then returns. A server that goes away ends its
    /// writers, not the demonstration: it is what the demonstration is about.</summary>
    /// <param name="writers">From 1 to 8.</param>
    /// <param name="pause">Of each writer behind each commit.</param>
    /// <param name="cancellationToken">Ends the writing; no commit is broken off.</param>
    public Task KeepWritingAsync(int writers, TimeSpan pause, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writers, Places);
        return Task.WhenAll(Enumerable.Range(0, writers).Select(_ => KeepWritingAsync(pause, cancellationToken)));
    }

    /// <summary>
    /// Lets running commits end, holds new ones back, notes what must be there and the server's time, and lets the
    /// writers go on. The client's account and the live server must agree about that moment, or the oracle is worth
    /// nothing and this fails. One moment is marked at a time.
    /// </summary>
    /// <exception cref="TomoBackupException">A commit is in doubt, or the live cluster holds another state.</exception>
    public async Task<DemoMoment> MarkAsync(CancellationToken cancellationToken)
    {
        var session = await open(cancellationToken).ConfigureAwait(false);
        await using var owned = session.ConfigureAwait(false);
        var taken = 0;

        try
        {
            for (; taken < Places; taken++)
                await _places.WaitAsync(cancellationToken).ConfigureAwait(false);

            return await MarkQuietAsync(session, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (taken > 0)
                _places.Release(taken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    async Task<DemoMoment> MarkQuietAsync(DemoSession session, CancellationToken cancellationToken)
    {
        if (Pending is > 0 and var pending)
            throw TomoBackupException.Create(
                ErrorCode.Defect, $"unable to mark a moment: {pending} commits were never acknowledged");

        var commits = Acknowledged;
        var known = DemoExpectation.Of(plan, [.. commits.Select(static entry => entry.Commit)]);
        var held = await DemoStateReader.ReadAsync(session, cancellationToken).ConfigureAwait(false);

        if (DemoComparison.Differences(known, held) is { Count: > 0 } differences)
            throw TomoBackupException.Create(
                ErrorCode.Defect, $"the live cluster does not hold what was committed: {differences[0]}");

        await Task.Delay(Margin, time, cancellationToken).ConfigureAwait(false);
        var (microseconds, lsn) = (await session.QueryAsync(
            Now, static row => (row.GetInt64(0), row.GetString(1)), cancellationToken).ConfigureAwait(false)).Single();
        await Task.Delay(Margin, time, cancellationToken).ConfigureAwait(false);

        return new DemoMoment(
            DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond),
            lsn,
            commits.Count,
            DemoExpectation.WithWhatOnlyTheServerKnew(known, held));
    }

    async Task KeepWritingAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            var session = await open(cancellationToken).ConfigureAwait(false);
            await using var owned = session.ConfigureAwait(false);

            while (true)
            {
                await PassAsync(session, cancellationToken).ConfigureAwait(false);
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop.
        }
        catch (PostgresServerException e) when (e.IsTransient)
        {
            // The disaster; what was asked for last stays pending.
        }
    }

    async Task PassAsync(DemoSession session, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);

        try
        {
            await CommitAsync(session).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Cannot be cancelled: a commit broken off by us would be in doubt for no reason.</summary>
    async Task CommitAsync(DemoSession session)
    {
        DemoCommit commit;

        lock (_guard)
            commit = new DemoCommit(++_asked);

        await session.CommitAsync(commit.Statements(plan), CancellationToken.None).ConfigureAwait(false);
        var now = time.GetUtcNow();

        lock (_guard)
            _acknowledged.Add(new DemoAcknowledgement(commit, now));
    }
}
