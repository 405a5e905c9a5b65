using TomoBackup.Codecs;
using TomoBackup.Policies;
using TomoBackup.Repositories;
using TomoBackup.Retention;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Retention;

/// <summary>Expire on a whole repository: two timelines, two backups.</summary>
public sealed class ExpireOperationTests(SmallRepositoryFixture fixture)
    : IClassFixture<SmallRepositoryFixture>, IDisposable
{
    readonly ExpireTrial _trial = new(fixture.Small);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _trial.Dispose();

    [Fact]
    public async Task A_plan_changes_nothing_and_says_what_would_go()
    {
        var before = _trial.Store.Keys;

        var report = await _trial.Verified().PlanAsync();

        Assert.Equal(before, _trial.Store.Keys);
        Assert.Null(RetentionMemory.TryRead(_trial.State, "main", _trial.Repository));
        Assert.Equal(
            [(ExpireTrial.First, Fate.Waits), (ExpireTrial.Second, Fate.Stays), (ExpireTrial.Third, Fate.Stays)],
            report.Plan.Backups.Select(b => (b.Backup.Id, b.Fate)));
        Assert.Equal(
            [(1u, 3ul, 5ul, Fate.Waits), (2u, 5ul, 5ul, Fate.Waits), (2u, 6ul, 6ul, Fate.Stays)],
            report.Plan.Wal.Select(w => (w.Timeline, w.First, w.Last, w.Fate)));
        Assert.NotEmpty(report.Plan.Losses);
    }

    [Fact]
    public async Task What_is_unwanted_goes_a_day_later_and_nothing_else()
    {
        var first = await _trial.Verified().ExpireAsync();
        Assert.Empty(first.Refusals);
        Assert.Equal(Removal.Nothing, first.Removed);

        _trial.Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(Removal.Nothing, (await _trial.Verified().ExpireAsync()).Removed);

        _trial.Time.Advance(TimeSpan.FromHours(2));
        var before = _trial.Objects();
        var last = await _trial.Verified().ExpireAsync();

        Assert.Equal((1, 0, 4), (last.Removed.Backups, last.Removed.Unfinished, last.Removed.Segments));
        var gone = before.Except(_trial.Objects()).ToList();
        Assert.All(gone, key => Assert.True(
            key.Contains(ExpireTrial.First, StringComparison.Ordinal)
                || key.Contains("/0000000100000000/", StringComparison.Ordinal)
                || key.Contains("/000000020000000000000005-", StringComparison.Ordinal),
            key));
        Assert.DoesNotContain(_trial.Objects(), key => key.Contains(ExpireTrial.First, StringComparison.Ordinal));
        await _trial.MustBeWholeAsync("expire");
        Assert.Equal(Removal.Nothing, (await _trial.Verified().ExpireAsync()).Removed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_goes_from_a_repository_that_is_not_verified(bool foundDamage)
    {
        await _trial.MarkedAsync();

        if (foundDamage)
            _trial.Verified(sound: false);
        else
            _trial.Time.Advance(ExpireGuards.OldestVerification + TimeSpan.FromMinutes(1));

        await RefusesAsync(foundDamage ? "verification" : "clock,verification", foundDamage);
    }

    [Fact]
    public async Task Nothing_goes_when_the_clock_was_put_back()
    {
        await _trial.MarkedAsync();
        _trial.Time.Advance(TimeSpan.FromHours(1));
        await _trial.ExpireAsync(allowMore: false);
        _trial.Time.AdjustTime(_trial.Time.GetUtcNow().AddHours(-2));

        var report = await _trial.ExpireAsync();

        Assert.Contains(report.Refusals, r => r.Name == "clock");
        Assert.Equal(Removal.Nothing, report.Removed);
    }

    [Fact]
    public async Task Nothing_goes_when_the_clock_leapt_ahead_although_something_was_stored_since()
    {
        await _trial.MarkedAsync();
        _trial.Time.Advance(TimeSpan.FromDays(30));
        _trial.Store.Tamper(
            new ObjectKey($"wal/{fixture.Small.Lineage.Id}/00000002/0000000200000000/000000020000000000000007-"
                + new string('a', 32)),
            [1]);
        _trial.Time.Advance(TimeSpan.FromHours(1));
        var before = _trial.Objects();

        var report = await _trial.Verified().ExpireAsync();

        Assert.Equal(["clock"], report.Refusals.Select(r => r.Name));
        Assert.Contains("leapt ahead", report.Refusals[0].Message, StringComparison.Ordinal);
        Assert.Equal(before, _trial.Objects());

        // It was true: a person says so, once.
        Assert.Empty((await _trial.ExpireAsync(allowMore: true)).Refusals);
        Assert.Empty((await _trial.ExpireAsync()).Refusals);
    }

    [Fact]
    public async Task A_run_that_would_take_too_much_takes_nothing_unless_it_is_told_to()
    {
        await _trial.MarkedAsync();
        var prefix = $"wal/{fixture.Small.Lineage.Id}/00000001/0000000100000000/";
        var id = new string('a', 32);

        for (var n = 0x20; n < 0x20 + 150; n++)
            _trial.Store.Tamper(new ObjectKey($"{prefix}0000000100000000000000{n:X2}-{id}"), [1]);

        // Timeline 1 is written to no more, timeline 2 is.
        _trial.Time.Advance(TimeSpan.FromHours(2));
        _trial.Store.Tamper(
            new ObjectKey($"wal/{fixture.Small.Lineage.Id}/00000002/0000000200000000/000000020000000000000007-{id}"),
            [1]);
        await _trial.ExpireAsync(allowMore: true);
        _trial.Time.Advance(TimeSpan.FromHours(25));
        var refused = await _trial.Verified().ExpireAsync();

        Assert.Equal(["cap"], refused.Refusals.Select(r => r.Name));
        Assert.Equal(ErrorCode.Refused, refused.Result);
        Assert.Equal(Removal.Nothing, refused.Removed);
        Assert.Equal(150, (await _trial.ExpireAsync(allowMore: true)).Removed.Segments);
    }

    [Fact]
    public async Task What_somebody_needs_waits_until_his_lease_is_over()
    {
        await _trial.MarkedAsync();
        var lease = await Lease.TakeAsync(
            _trial.Repository, fixture.Small.Lineage.Id, "test", "elsewhere", ExpireTrial.First, fixture.Small.Signer,
            SystemEntropy.Instance, _trial.Time, Cancelled);

        var report = await _trial.ExpireAsync(allowMore: true);

        Assert.Equal((0, 0), (report.Removed.Backups, report.Removed.Segments));
        Assert.Equal(GroundKind.InUse, report.Plan.Backups[0].Grounds.Single().Kind);
        await lease.DisposeAsync();
        _trial.Time.Advance(TimeSpan.FromSeconds(1));
        await _trial.ExpireAsync(allowMore: true);
        _trial.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(1, (await _trial.Verified().ExpireAsync(allowMore: true)).Removed.Backups);
    }

    [Fact]
    public async Task A_forged_end_does_not_end_a_lease()
    {
        var lease = await Lease.TakeAsync(
            _trial.Repository, fixture.Small.Lineage.Id, "test", "elsewhere", ExpireTrial.First, fixture.Small.Signer,
            SystemEntropy.Instance, _trial.Time, Cancelled);
        var written = _trial.Store.Keys.Single(k => k.Value.StartsWith("lease/", StringComparison.Ordinal));
        _trial.Store.Tamper(new ObjectKey(written.Value[..^6] + "000009"), "{}"u8.ToArray());

        Assert.Single(await Lease.ActiveAsync(_trial.Repository, fixture.Small.Lineage, _trial.Time, Cancelled));
        await lease.DisposeAsync();
    }

    [Fact]
    public async Task Another_hosts_run_is_waited_for()
    {
        await using var lease = await Lease.TakeAsync(
            _trial.Repository, fixture.Small.Lineage.Id, "expire", "elsewhere", null, fixture.Small.Signer,
            SystemEntropy.Instance, _trial.Time, Cancelled);

        var failure = await Assert.ThrowsAsync<TomoBackupException>(() => _trial.Verified().ExpireAsync());

        Assert.Equal(ErrorCode.Locked, failure.Code);
    }

    [Fact]
    public async Task Nothing_goes_that_a_follower_has_no_verified_copy_of()
    {
        var copy = new MemoryObjectStore(_trial.Time);
        var follower = new Repository("offsite", copy, LineageId.New(SystemEntropy.Instance).ToString());
        _trial.Followers = [follower];
        await _trial.MarkedAsync();
        Assert.Equal(Removal.Nothing, (await _trial.ExpireAsync()).Removed);

        foreach (var key in _trial.Store.Keys)
            copy.Tamper(key, _trial.Store.Peek(key)!);

        copy.Tamper(
            _trial.Store.Keys.First(k => k.Value.StartsWith("wal/", StringComparison.Ordinal)
                && k.Name.StartsWith("000000010000000000000003-", StringComparison.Ordinal)),
            [1]);
        VerifyFollower();
        await _trial.ExpireAsync();
        _trial.Time.Advance(TimeSpan.FromHours(25));
        VerifyFollower();
        var report = await _trial.Verified().ExpireAsync();

        // Segment 3 has another length there.
        Assert.Equal((1, 3), (report.Removed.Backups, report.Removed.Segments));
        Assert.Equal(
            new Ground(GroundKind.FollowerLacks, "offsite"), report.Plan.Wal.First(w => w.Timeline == 1).Ground);

        void VerifyFollower()
            => _trial.State.WriteVerification(
                "main", "offsite", new VerificationRecord(follower.Id, _trial.Time.GetUtcNow(), false, true));
    }

    [Fact]
    public async Task Without_the_history_of_a_timeline_nothing_goes_and_it_is_read_only_once()
    {
        _trial.HasIdentity = false;
        await _trial.MarkedAsync();
        var blind = await _trial.ExpireAsync();

        Assert.Equal(Removal.Nothing, blind.Removed);
        Assert.Equal(GroundKind.UnknownTimeline, blind.Plan.Wal[0].Ground.Kind);
        Assert.Contains(blind.Problems, p => p.Contains("00000002.history", StringComparison.Ordinal));

        _trial.HasIdentity = true;
        await _trial.ExpireAsync();
        _trial.HasIdentity = false;
        _trial.Time.Advance(TimeSpan.FromHours(25));

        Assert.Equal(1, (await _trial.Verified().ExpireAsync()).Removed.Backups);
    }

    [Fact]
    public async Task An_abandoned_folder_goes_and_one_that_is_at_work_stays()
    {
        string Folder(string id) => RepositoryLayout.Backup(fixture.Small.Lineage.Id, id, id);
        _trial.Store.Tamper(new ObjectKey(Folder("20260303T000000Z-00000005") + "pack-00001"), [1]);
        _trial.Store.Tamper(new ObjectKey(Folder("20260303T000000Z-00000004") + "pack-00001"), [1]);
        _trial.Time.Advance(TimeSpan.FromHours(30));
        await _trial.MarkedAsync();
        await using var lease = await Lease.TakeAsync(
            _trial.Repository, fixture.Small.Lineage.Id, "backup", "h", "20260303T000000Z-00000004",
            fixture.Small.Signer, SystemEntropy.Instance, _trial.Time, Cancelled);

        var report = await _trial.ExpireAsync();

        Assert.Equal(1, report.Removed.Unfinished);
        Assert.Contains(_trial.Objects(), k => k.Contains("-00000004/", StringComparison.Ordinal));
        Assert.DoesNotContain(_trial.Objects(), k => k.Contains("-00000005/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_backup_that_lacks_an_object_counts_as_none()
    {
        await _trial.Store.DeleteAsync(
            new ObjectKey(RepositoryLayout.Backup(fixture.Small.Lineage.Id, ExpireTrial.Second, ExpireTrial.Second)
                + "pack-00001"),
            Cancelled);
        await _trial.MarkedAsync();

        var report = await _trial.ExpireAsync();

        Assert.Equal(0, report.Removed.Backups);
        Assert.Equal(
            [(ExpireTrial.First, true), (ExpireTrial.Second, false), (ExpireTrial.Third, false)],
            report.Plan.Backups.Select(b => (b.Backup.Id, b.Backup.IsGood)));
        Assert.Contains(report.Problems, p => p.Contains("lacks objects", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_key_may_not_delete_the_plan_is_held_against_the_buckets_rules()
    {
        _trial.Lifecycle = new LifecyclePolicy
        {
            Wal = new(2, DurationUnit.Days),
            Backup = new(120, DurationUnit.Days),
        };
        await _trial.MarkedAsync();
        var before = _trial.Objects();

        var report = await _trial.RunAsync(new WriteOnlyStore(_trial.Store), new ExpireOptions(false, false));

        Assert.True(report.MayNotDelete);
        Assert.Equal(before, _trial.Objects());
        Assert.Equal(ErrorCode.Warnings, report.Result);
        Assert.Contains(report.Forecast.Conflicts, c => c.Contains("'000000020000000000000006'",
            StringComparison.Ordinal));
        Assert.DoesNotContain(report.Forecast.Conflicts, c => c.Contains("backup '", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_policy_says_that_the_key_may_not_delete_no_delete_is_ever_sent()
    {
        await _trial.MarkedAsync();
        _trial.MayDelete = false;
        var before = _trial.Store.Keys;

        // This store would take the delete, as a bucket does that hides what it should not lose.
        var report = await _trial.RunAsync(_trial.Store, new ExpireOptions(PlanOnly: false, AllowMore: false));

        Assert.Equal(before, _trial.Store.Keys);
        Assert.True(report.MayNotDelete);
        Assert.Contains(report.Plan.Backups, b => b.Backup.Id == ExpireTrial.First && b.Fate == Fate.Goes);
        Assert.Equal(ErrorCode.Warnings, report.Result);

        _trial.Lifecycle = new LifecyclePolicy
        {
            Wal = new(90, DurationUnit.Days),
            Backup = new(120, DurationUnit.Days),
        };
        var fits = await _trial.RunAsync(_trial.Store, new ExpireOptions(PlanOnly: false, AllowMore: false));

        Assert.Empty(fits.Forecast.Conflicts);
        Assert.Equal(2, fits.Forecast.Remarks.Count);
        Assert.Equal(ErrorCode.Ok, fits.Result);
        Assert.Equal(before, _trial.Store.Keys);
    }

    [Fact]
    public async Task A_guard_that_speaks_against_it_is_a_warning_where_nothing_could_go_anyhow()
    {
        _trial.MayDelete = false;

        var report = await _trial.RunAsync(_trial.Store, new ExpireOptions(PlanOnly: false, AllowMore: false));

        Assert.Equal(["verification"], report.Refusals.Select(r => r.Name));
        Assert.Equal(ErrorCode.Warnings, report.Result);
    }

    async Task RefusesAsync(string names, bool allowMore)
    {
        var before = _trial.Objects();
        var report = await _trial.ExpireAsync(allowMore);

        Assert.Subset(names.Split(',').ToHashSet(), report.Refusals.Select(r => r.Name).ToHashSet());
        Assert.Contains(report.Refusals, r => r.Name == "verification");
        Assert.Equal(ErrorCode.Refused, report.Result);
        Assert.Equal(before, _trial.Objects());
    }

    /// <summary>As a key with the rights of a database host sees it.</summary>
    sealed class WriteOnlyStore(IObjectStore inner) : IObjectStore
    {
        public string Address => inner.Address;

        public ValueTask<IObjectWriter> CreateAsync(ObjectKey key, CancellationToken cancellationToken)
            => inner.CreateAsync(key, cancellationToken);

        public ValueTask<IObjectReader?> OpenAsync(ObjectKey key, CancellationToken cancellationToken)
            => inner.OpenAsync(key, cancellationToken);

        public IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, CancellationToken cancellationToken)
            => inner.ListAsync(prefix, cancellationToken);

        public ValueTask DeleteAsync(ObjectKey key, CancellationToken cancellationToken)
            => throw new StoreException(StoreFailure.Denied, $"unable to delete '{key}': not permitted");

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
