using System.Collections.Concurrent;
using TomoBackup.Operations;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Transfer;

namespace TomoBackup.Following;

/// <summary>
/// Copies what a repository lacks from the one that it follows, verbatim. May be killed anywhere and run again:
/// objects are immutable, and a manifest comes after all that it names. One value serves many runs, and remembers what
/// is there.
/// </summary>
sealed class FollowOperation(FollowContext context)
{
    /// <summary>While a large backup is under way new WAL is looked for this often: it comes first.</summary>
    static readonly TimeSpan WalPause = TimeSpan.FromSeconds(10);

    /// <summary>So long the follower's listing is believed: somebody may have expired from it.</summary>
    static readonly TimeSpan HeldTerm = TimeSpan.FromHours(1);

    readonly Courier _courier = new(context.Source.Store, context.Target.Store);
    readonly ConcurrentQueue<string> _problems = new();
    ConcurrentDictionary<ObjectKey, long> _held = new();
    DateTimeOffset _heldSince = DateTimeOffset.MinValue;
    DateTimeOffset _walSeen;
    int _isLooking;
    int _objects;
    int _wal;
    int _backups;
    long _bytes;
    long _total;

    /// <summary>Looks, and copies unless only the plan was asked for.</summary>
    public async Task<FollowReport> RunAsync(FollowOptions options, CancellationToken cancellationToken)
    {
        using var turn = context.State.TryLock(context.Lineage.Cluster, $"follow-{context.Target.Name}")
            ?? throw TomoBackupException.Create(
                ErrorCode.Locked,
                $"'{context.Target.Name}' is being copied to already on this host",
                hint: "Wait for it to finish. 'follow --watch' needs no second one beside it.");

        Begin();
        var survey = new FollowSurvey(context);
        await RefreshHeldAsync(survey, cancellationToken).ConfigureAwait(false);
        var scene = await survey.ReadAsync(_held, cancellationToken).ConfigureAwait(false);
        var plan = FollowPlanner.Plan(scene);

        foreach (var key in plan.Conflicts)
            _problems.Enqueue(
                $"'{key}' in repository '{context.Target.Name}' has another length than in '{context.Source.Name}'");

        if (!options.PlanOnly)
            await CarryOutAsync(plan, options.Workers, cancellationToken).ConfigureAwait(false);

        return ReportOf(plan, FollowPlanner.Plan(scene), options);
    }

    void Begin()
    {
        _problems.Clear();
        (_objects, _wal, _backups, _bytes) = (0, 0, 0, 0);
        _walSeen = context.Time.GetUtcNow();
    }

    async Task RefreshHeldAsync(FollowSurvey survey, CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();

        if (now - _heldSince < HeldTerm)
            return;

        context.Progress.Report(new OperationProgress("listing", 0, null));
        _held = new(
            (await survey.ReadHeldAsync(cancellationToken).ConfigureAwait(false))
                .Select(e => KeyValuePair.Create(e.Key, e.Length)));
        _heldSince = now;
    }

    async Task CarryOutAsync(FollowPlan plan, int workers, CancellationToken cancellationToken)
    {
        _total = plan.Bytes;

        // Keys before what they open, so one after the other.
        foreach (var record in plan.Records)
            await CarryAsync(record, cancellationToken).ConfigureAwait(false);

        await CrewAsync(plan.Wal, workers, CarryWalAsync, cancellationToken).ConfigureAwait(false);

        foreach (var backup in plan.Backups)
        {
            await CrewAsync(backup.Parcels, workers, CarryPartAsync, cancellationToken).ConfigureAwait(false);

            // Whatever went wrong with a part, of this backup or of one that it refers to: no manifest vouches for it.
            if (backup.Needs.All(_held.ContainsKey)
                && await CarryAsync(backup.Manifest, cancellationToken).ConfigureAwait(false))
                _backups++;
        }

        if (_backups > 0)
            await LastingLocks.RenewAsync(context.Target.Store, cancellationToken).ConfigureAwait(false);
    }

    static Task CrewAsync(
        IReadOnlyList<Parcel> parcels,
        int workers,
        Func<Parcel, CancellationToken, Task> carry,
        CancellationToken cancellationToken)
        => parcels.Count == 0
            ? Task.CompletedTask
            : WorkCrew.RunAsync(
                parcels,
                Math.Min(workers, parcels.Count),
                static _ => new Carrier(),
                async (_, parcel, stop) => await carry(parcel, stop).ConfigureAwait(false),
                static (_, _) => ValueTask.CompletedTask,
                cancellationToken);

    async Task CarryWalAsync(Parcel parcel, CancellationToken cancellationToken)
    {
        if (await CarryAsync(parcel, cancellationToken).ConfigureAwait(false))
            Interlocked.Increment(ref _wal);
    }

    async Task CarryPartAsync(Parcel parcel, CancellationToken cancellationToken)
    {
        await CarryNewWalAsync(cancellationToken).ConfigureAwait(false);
        await CarryAsync(parcel, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>WAL that was archived since the plan was made.</summary>
    async Task CarryNewWalAsync(CancellationToken cancellationToken)
    {
        if (context.Time.GetUtcNow() - _walSeen < WalPause || Interlocked.Exchange(ref _isLooking, 1) == 1)
            return;

        try
        {
            var since = _walSeen - WalPause;
            _walSeen = context.Time.GetUtcNow();

            await foreach (var entry in context.Source.Store
                .ListAsync(RepositoryLayout.WalRoot(context.Lineage.Id), cancellationToken).ConfigureAwait(false))
                if (entry.Modified >= since && !_held.ContainsKey(entry.Key))
                    await CarryWalAsync(new Parcel(entry.Key, entry.Length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    /// <summary>True where it is there now. An original that is damaged stops nothing else.</summary>
    async Task<bool> CarryAsync(Parcel parcel, CancellationToken cancellationToken)
    {
        try
        {
            if (await _courier.CarryAsync(parcel, cancellationToken).ConfigureAwait(false) == Delivery.Gone)
                return false;
        }
        catch (TomoBackupException e) when (e.Code == ErrorCode.RepositoryDamaged)
        {
            _problems.Enqueue(e.Message);
            return false;
        }

        _held[parcel.Key] = parcel.Length;
        Interlocked.Increment(ref _objects);
        var done = Interlocked.Add(ref _bytes, parcel.Length);
        context.Progress.Report(new OperationProgress(
            $"copying to '{context.Target.Name}'", done, Math.Max(_total, done), parcel.Key.Value));
        return true;
    }

    FollowReport ReportOf(FollowPlan plan, FollowPlan left, FollowOptions options) => new()
    {
        Repository = context.Target.Name,
        Follows = context.Source.Name,
        PlanOnly = options.PlanOnly,
        WalFiles = options.PlanOnly ? plan.Wal.Count : _wal,
        Backups = options.PlanOnly ? plan.Backups.Count : _backups,
        Objects = options.PlanOnly ? plan.Objects : _objects,
        Bytes = options.PlanOnly ? plan.Bytes : _bytes,
        Unwanted = plan.Unwanted,
        Lag = left.OldestMissingWal is { } oldest ? Positive(context.Time.GetUtcNow() - oldest) : TimeSpan.Zero,
        LagBytes = left.Bytes,
        Problems = [.. _problems],
    };

    static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    /// <summary>A worker of a crew; the courier has all that it needs.</summary>
    sealed class Carrier : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
