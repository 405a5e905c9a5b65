using TomoBackup.Policies;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing.Repositories;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Following;

/// <summary>A repository that follows another has what it should, byte for byte, in an order that is always of
/// use.</summary>
public sealed class FollowTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_is_there_afterwards_byte_for_byte_and_a_second_run_copies_nothing()
    {
        using var small = await SmallRepository.CreateAsync(Cancelled);
        using var trial = new FollowTrial(small);

        var plan = await trial.RunAsync(planOnly: true);
        Assert.Empty(trial.Target.Keys);
        var report = await trial.RunAsync();
        var again = await trial.RunAsync();

        Assert.Equal(trial.Wanted, trial.Target.Keys);
        trial.ExpectHonest();
        Assert.Equal(trial.Wanted.Count, report.Objects);
        Assert.Equal((plan.Objects, plan.Bytes, plan.Backups), (report.Objects, report.Bytes, report.Backups));
        Assert.Equal(small.Backups.Count, report.Backups);
        Assert.Equal((TimeSpan.Zero, 0L), (report.Lag, report.LagBytes));
        Assert.Equal((0, 0L), (again.Objects, again.Bytes));
    }

    [Fact]
    public async Task Keys_come_before_WAL_and_WAL_before_backups_and_a_manifest_behind_its_objects()
    {
        using var small = await SmallRepository.CreateAsync(Cancelled);
        using var trial = new FollowTrial(small);
        var order = FaultPlan.Count();

        await trial.RunAsync(trial.Source, new FaultyObjectStore(trial.Target, order), workers: 1);

        var kinds = order.Log.Where(o => o.StartsWith("commit ", StringComparison.Ordinal))
            .Select(o => o[7..])
            .ToList();
        string[] expected = ["lineage", "keys", "history", "wal", "backup"];
        Assert.Equal(expected, kinds.Select(k => k.Split('/')[0]).Distinct());

        foreach (var backup in small.Backups.Select(b => b.Manifest))
        {
            var folder = RepositoryLayout.Backup(backup.Lineage, backup.Generation, backup.Backup);
            Assert.EndsWith("/manifest", kinds.Last(k => k.StartsWith(folder, StringComparison.Ordinal)),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(FaultKind.Crash)]
    [InlineData(FaultKind.FailOnce)]
    [InlineData(FaultKind.FailFromThere)]
    [InlineData(FaultKind.LoseReply)]
    public async Task Stopped_at_any_operation_of_the_follower_it_is_honest_and_the_next_run_finishes(FaultKind kind)
    {
        using var small = await SmallRepository.CreateAsync(Cancelled);
        var count = FaultPlan.Count();

        using (var trial = new FollowTrial(small))
            await trial.RunAsync(trial.Source, new FaultyObjectStore(trial.Target, count), workers: 1);

        for (var at = 1; at <= count.Operations; at++)
        {
            using var trial = new FollowTrial(small);
            var plan = FaultPlan.At(at, kind);

            await Assert.ThrowsAnyAsync<Exception>(
                () => trial.RunAsync(trial.Source, new FaultyObjectStore(trial.Target, plan), workers: 1));
            Assert.NotNull(plan.Struck);
            trial.ExpectHonest();

            await trial.RunAsync();
            Assert.Equal(trial.Wanted, trial.Target.Keys);
            trial.ExpectHonest();
        }
    }

    [Fact]
    public async Task A_damaged_pack_keeps_its_backups_back_and_nothing_else()
    {
        using var small = await SmallRepository.CreateAsync(Cancelled);
        using var trial = new FollowTrial(small);
        var full = small.Backups[1].Manifest;
        var folder = RepositoryLayout.Backup(full.Lineage, full.Generation, full.Backup);
        var pack = new ObjectKey(folder + RepositoryLayout.PackName(1));
        var bytes = trial.Source.Peek(pack)!;
        bytes[bytes.Length / 2] ^= 1;

        var report = await trial.RunAsync();

        Assert.Contains(pack.Value, Assert.Single(report.Problems), StringComparison.Ordinal);
        Assert.Null(trial.Target.Peek(pack));
        Assert.Null(trial.Target.Peek(Catalog.KeyOf(full)));
        Assert.NotNull(trial.Target.Peek(Catalog.KeyOf(small.Backups[0].Manifest)));
        Assert.Null(trial.Target.Peek(Catalog.KeyOf(small.Backups[2].Manifest)));
        Assert.All(
            trial.Wanted.Where(k => k.Value.StartsWith("wal/", StringComparison.Ordinal)),
            k => Assert.NotNull(trial.Target.Peek(k)));
        Assert.True(report.LagBytes > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_stands_there_with_another_content_is_told_and_left_alone(bool sameLength)
    {
        using var small = await SmallRepository.CreateAsync(Cancelled);
        using var trial = new FollowTrial(small);
        var key = trial.Wanted.First(k => k.Value.StartsWith("wal/", StringComparison.Ordinal));
        byte[] other = sameLength ? [.. small.Store.Peek(key)!] : [1, 2, 3];
        other[0] ^= 1;

        // It comes while the run is under way: a listing would have shown it.
        var report = sameLength
            ? await trial.RunAsync(
                trial.Source, new MeddledStore(trial.Target, key, () => trial.Target.Tamper(key, other)))
            : await AfterAsync(() => trial.Target.Tamper(key, other), () => trial.RunAsync());

        Assert.Contains(key.Value, Assert.Single(report.Problems), StringComparison.Ordinal);
        Assert.Equal(other, trial.Target.Peek(key));
    }

    [Fact]
    public async Task Only_what_its_own_retention_would_keep_is_copied()
    {
        using var small = await SmallRepository.CreateAsync(Cancelled);
        using var trial = new FollowTrial(small)
        {
            Retention = new RetentionPolicy
            {
                Wal = new Dictionary<string, RetentionRule>
                {
                    ["offsite"] = new() { Age = new Duration(1, DurationUnit.Hours) },
                },
                Backup = new Dictionary<string, RetentionRule> { ["offsite"] = new() { Count = 1 } },
            },
        };
        trial.Time.Advance(TimeSpan.FromDays(2));

        var report = await trial.RunAsync();

        // The newest is incremental on the second.
        Assert.Equal(2, report.Backups);
        Assert.True(report.Unwanted > 0);
        Assert.Null(trial.Target.Peek(Catalog.KeyOf(small.Backups[0].Manifest)));
        Assert.InRange(
            trial.Target.Keys.Count(k => k.Value.StartsWith("wal/", StringComparison.Ordinal)),
            1,
            trial.Source.Keys.Count(k => k.Value.StartsWith("wal/", StringComparison.Ordinal)) - 1);
        trial.ExpectHonest();
    }

    [Fact]
    public async Task A_backup_that_expires_while_it_is_looked_at_is_not_asked_for()
    {
        using var small = await SmallRepository.CreateAsync(Cancelled);
        using var trial = new FollowTrial(small);
        var manifest = Catalog.KeyOf(small.Backups[0].Manifest);

        // The third listing of backups is the one of their objects.
        var report = await trial.RunAsync(
            new ExpiringStore(trial.Source, manifest, listings: 3), trial.Target, workers: 1);

        Assert.Equal(small.Backups.Count - 1, report.Backups);
        Assert.Null(trial.Target.Peek(manifest));
        trial.ExpectHonest();
    }

    [Fact]
    public async Task Lag_is_the_age_of_the_oldest_WAL_that_is_missing()
    {
        using var small = await SmallRepository.CreateAsync(Cancelled);
        using var trial = new FollowTrial(small);
        trial.Time.Advance(TimeSpan.FromMinutes(7));

        var report = await trial.RunAsync(planOnly: true);

        Assert.Equal(TimeSpan.FromMinutes(7), report.Lag);
        Assert.Equal(trial.Wanted.Sum(k => trial.Source.Peek(k)!.LongLength), report.LagBytes);
    }

    [Fact]
    public async Task WAL_that_is_archived_while_a_backup_is_copied_goes_before_the_rest_of_it()
    {
        using var small = await SmallRepository.CreateAsync(Cancelled);
        using var trial = new FollowTrial(small);
        var late = trial.Wanted.Last(k => k.Value.StartsWith("wal/", StringComparison.Ordinal));
        var bytes = trial.Source.Peek(late)!;
        await trial.Source.DeleteAsync(late, Cancelled);
        var order = FaultPlan.Count();
        var first = small.Backups[0].Manifest;
        var part = new ObjectKey(
            RepositoryLayout.Backup(first.Lineage, first.Generation, first.Backup) + first.Objects[0].Name);

        await trial.RunAsync(
            trial.Source,
            new FaultyObjectStore(
                new MeddledStore(trial.Target, part, () =>
                {
                    trial.Time.Advance(TimeSpan.FromSeconds(11));
                    trial.Source.Tamper(late, bytes);
                }),
                order),
            workers: 1);

        var commits = order.Log.Where(o => o.StartsWith("commit ", StringComparison.Ordinal)).ToList();
        Assert.Equal(commits.IndexOf($"commit {part}") + 1, commits.IndexOf($"commit {late}"));
    }

    static async Task<T> AfterAsync<T>(Action before, Func<Task<T>> run)
    {
        before();
        return await run();
    }
}
