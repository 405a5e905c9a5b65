using TomoBackup.Codecs;
using TomoBackup.Operations;
using TomoBackup.Policies;
using TomoBackup.Repositories;
using TomoBackup.Storage;

namespace TomoBackup.Retention;

/// <summary>What a person asks of a run.</summary>
/// <param name="PlanOnly">True to look and change nothing.</param>
/// <param name="AllowMore">True to remove more than the cap.</param>
sealed record ExpireOptions(bool PlanOnly, bool AllowMore);

/// <summary>What a run needs from outside.</summary>
sealed record ExpireContext
{
    public required Repository Repository { get; init; }

    public required Lineage Lineage { get; init; }

    public required IEpochKeys Keys { get; init; }

    /// <summary>Null for a plan only, which takes no lease.</summary>
    public required SigningKey? Signer { get; init; }

    public required HostState State { get; init; }

    public required RetentionPolicy Policy { get; init; }

    /// <summary>False where the policy says that this host's key may not delete. Then no delete is ever sent: a service
    /// may take it, and hide the object (Backblaze B2 does).</summary>
    public required bool MayDelete { get; init; }

    /// <summary>What the policy says of the bucket's own rules; null for none.</summary>
    public required LifecyclePolicy? Lifecycle { get; init; }

    /// <summary>The repositories that copy this one.</summary>
    public required IReadOnlyList<Repository> Followers { get; init; }

    public required IEntropy Entropy { get; init; }

    public required TimeProvider Time { get; init; }

    public required IProgress<OperationProgress> Progress { get; init; }
}

/// <summary>
/// Removes from one repository what the policy does not want any more. Whatever it removes was found unwanted by a run
/// a day ago, by this run's first listing and by a second one right before; and a run can be killed anywhere and run
/// again.
/// </summary>
sealed class ExpireOperation(ExpireContext context)
{
    /// <summary>The verb in leases and locks.</summary>
    public const string Verb = "expire";

    readonly string _cluster = context.Lineage.Cluster;
    RetentionMemory? _memory;

    /// <summary>Runs. A refusal is in the report, not thrown.</summary>
    /// <exception cref="TomoBackupException"><see cref="ErrorCode.Locked"/> where another run is at work.</exception>
    public async Task<ExpireReport> RunAsync(ExpireOptions options, CancellationToken cancellationToken)
    {
        _memory = RetentionMemory.TryRead(context.State, _cluster, context.Repository);

        if (options.PlanOnly)
            return await ReportAsync(options, storeClock: null, cancellationToken).ConfigureAwait(false);

        using var turn = context.State.TryLock(_cluster, $"{Verb}-{context.Repository.Name}")
            ?? throw AlreadyRunning("this host");

        if (!context.MayDelete)
            return await CompareAsync(options, cancellationToken).ConfigureAwait(false);

        await RefuseOthersAsync(cancellationToken).ConfigureAwait(false);

        var lease = await Lease.TakeAsync(
            context.Repository, context.Lineage.Id, Verb, context.State.HostId(), null, context.Signer!,
            context.Entropy, context.Time, cancellationToken).ConfigureAwait(false);

        await using (lease.ConfigureAwait(false))
            return await ExpireAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no lease: nothing goes by this run. What it finds unwanted is remembered, so that the next plan
    /// says since when.</summary>
    async Task<ExpireReport> CompareAsync(ExpireOptions options, CancellationToken cancellationToken)
    {
        var report = await ReportAsync(options, storeClock: null, cancellationToken).ConfigureAwait(false);

        if (report.Refusals.Count is 0)
            Remember(report.Plan);

        return report;
    }

    async Task<ExpireReport> ExpireAsync(ExpireOptions options, CancellationToken cancellationToken)
    {
        var clock = await ReadStoreClockAsync(cancellationToken).ConfigureAwait(false);
        var report = await ReportAsync(options, clock, cancellationToken).ConfigureAwait(false);

        if (report.Refusals.Count > 0)
            return report;

        Remember(report.Plan);

        if (!report.Plan.RemovesAnything)
            return report;

        // No deletion follows from one listing: what the second does not find unwanted as well stays.
        var second = (await LookAsync(cancellationToken).ConfigureAwait(false)).Plan;
        var sweep = new Sweep(context.Repository, context.Lineage.Id, context.Progress);

        try
        {
            await sweep.RunAsync(report.Plan, second, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Denied && sweep.Removed.Objects == 0)
        {
            // The policy says that it may, and it may not: as it should be on a database host. The bucket's rules do
            // it.
            return report with { MayNotDelete = true };
        }

        return report with { Removed = sweep.Removed };
    }

    async Task<ExpireReport> ReportAsync(
        ExpireOptions options, DateTimeOffset? storeClock, CancellationToken cancellationToken)
    {
        var (plan, seen) = await LookAsync(cancellationToken).ConfigureAwait(false);
        var refusals = ExpireGuards.Check(
            new GuardFacts(
                plan.Now,
                seen.NewestSeen,
                storeClock,
                LastRun,
                ClockJump.Find(seen.Moments, LastRun),
                context.Repository.Id,
                context.State.TryReadVerification(_cluster, context.Repository.Name),
                options.AllowMore),
            plan);

        return new ExpireReport
        {
            Cluster = _cluster,
            Repository = context.Repository.Name,
            PlanOnly = options.PlanOnly,
            Plan = plan,
            Refusals = refusals,
            Problems = seen.Problems,
            Removed = Removal.Nothing,
            Forecast = LifecycleForecast.Of(plan, context.Lifecycle, seen.Archive),
            HasLifecycle = context.Lifecycle is not null,
            MayNotDelete = !context.MayDelete,
        };
    }

    async Task<(RetentionPlan Plan, SurveyedRepository Seen)> LookAsync(CancellationToken cancellationToken)
    {
        context.Progress.Report(new OperationProgress("listing", 0, null));
        var now = context.Time.GetUtcNow();
        var survey = new RepositorySurvey(
            context.Repository, context.Lineage, context.Keys,
            _memory?.Histories ?? new Dictionary<string, string>(), context.Time);
        var seen = await survey.ReadAsync(cancellationToken).ConfigureAwait(false);
        var followers = new List<Follower>();

        foreach (var copy in context.Followers)
            followers.Add(await new FollowerSurvey(context.Repository, copy, context.Lineage, seen.SegmentSize)
                .ReadAsync(context.State.TryReadVerification(_cluster, copy.Name), now, cancellationToken)
                .ConfigureAwait(false));

        _memory = new RetentionMemory(
            context.Repository.Id, _memory?.LastRun ?? DateTimeOffset.MinValue,
            _memory?.Backups ?? RetentionMarks.None.Backups, _memory?.Wal ?? [], seen.HistoryTexts);

        return (RetentionPlanner.Plan(SceneOf(seen, followers, now)), seen);
    }

    RetentionScene SceneOf(SurveyedRepository seen, IReadOnlyList<Follower> followers, DateTimeOffset now) => new()
    {
        Now = now,
        Wal = RuleOf(context.Policy.Wal),
        Backup = RuleOf(context.Policy.Backup),
        SegmentSize = seen.SegmentSize,
        Backups = seen.Backups,
        Unfinished = seen.Unfinished,
        Archive = seen.Archive,
        Histories = seen.Histories,
        Announcements = seen.Announcements,
        Followers = followers,
        Marks = _memory?.Marks ?? RetentionMarks.None,
    };

    /// <summary>Null where this host remembers none.</summary>
    DateTimeOffset? LastRun => _memory?.LastRun is { } at && at > DateTimeOffset.MinValue ? at : null;

    RetentionRule RuleOf(IReadOnlyDictionary<string, RetentionRule> rules)
        => rules.GetValueOrDefault(context.Repository.Name, RetentionRule.Everything);

    void Remember(RetentionPlan plan)
    {
        var marks = plan.Marks();
        _memory = _memory! with { LastRun = plan.Now, Backups = marks.Backups, Wal = marks.Wal };
        _memory.Write(context.State, _cluster, context.Repository);
    }

    /// <summary>The store's clock, by the lease that was just written.</summary>
    async Task<DateTimeOffset?> ReadStoreClockAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? newest = null;

        await foreach (var entry in context.Repository.Store
            .ListAsync(RepositoryLayout.Leases(context.Lineage.Id), cancellationToken).ConfigureAwait(false))
            newest = newest is { } known && known > entry.Modified ? known : entry.Modified;

        return newest;
    }

    async Task RefuseOthersAsync(CancellationToken cancellationToken)
    {
        var me = context.State.HostId();
        var leases = await Lease.ActiveAsync(context.Repository, context.Lineage, context.Time, cancellationToken)
            .ConfigureAwait(false);

        // A lease of our own whose lock is free is of a run that was killed.
        if (leases.FirstOrDefault(l => l.Verb == Verb && l.Host != me) is { } other)
            throw AlreadyRunning($"host {other.Host} since {other.Since:u}");
    }

    TomoBackupException AlreadyRunning(string where)
        => TomoBackupException.Create(
            ErrorCode.Locked,
            $"'{Verb}' of repository '{context.Repository.Name}' is running already on {where}",
            hint: "Wait for it to finish. If that host died, its lease runs out within an hour.");
}
