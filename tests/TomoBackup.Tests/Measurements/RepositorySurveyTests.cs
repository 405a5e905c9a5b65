using TomoBackup.Measurements;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing.Repositories;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Measurements;

/// <summary>What is seen of a repository that the engine's own writers made.</summary>
public sealed class RepositorySurveyTests
{
    const string Third = "000000020000000000000006";

    [Fact]
    public async Task Two_timelines_are_seen_with_their_fork_where_a_key_opens_the_history()
    {
        using var small = await SmallRepository.CreateAsync(TestContext.Current.CancellationToken);
        var seen = await LookAsync(small, small.CopyStore(), withKeys: true);

        Assert.Equal([1u, 2u], seen.Map.Lines.Select(line => line.Timeline));
        Assert.Equal((1u, true), (seen.Map.Lines[1].Fork!.Parent, seen.Map.Lines[1].Fork!.IsProven));
        Assert.All(seen.Map.Lines, line => Assert.Empty(line.Gaps));
        Assert.Equal(small.Backups[0].Manifest.Backup, seen.Map.Lines[0].Spans[0].Backup);
        Assert.Null(Assert.Single(seen.Map.Lines[1].Spans).Backup);
        Assert.Equal(small.Backups[0].Manifest.Stopped, seen.Map.UnbrokenSince);
        Assert.Equal(Third, seen.Last!.Name);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 12, 0, 7, TimeSpan.Zero), seen.Last.LastCommit);
        Assert.Empty(seen.Conflicts);
    }

    [Fact]
    public async Task Without_a_key_the_same_is_seen_and_the_fork_is_called_a_guess()
    {
        using var small = await SmallRepository.CreateAsync(TestContext.Current.CancellationToken);
        var seen = await LookAsync(small, small.CopyStore(), withKeys: false);

        Assert.Equal((1u, false), (seen.Map.Lines[1].Fork!.Parent, seen.Map.Lines[1].Fork!.IsProven));
        Assert.Equal(small.Backups[0].Manifest.Stopped, seen.Map.UnbrokenSince);
        Assert.Equal(3, seen.Backups.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_segment_is_a_gap_with_its_name_and_the_moments_around_it(bool withKeys)
    {
        using var small = await SmallRepository.CreateAsync(TestContext.Current.CancellationToken);
        var store = small.CopyStore();
        await DeleteAsync(store, "000000020000000000000005");
        var line = (await LookAsync(small, store, withKeys)).Map.Lines[1];
        var gap = Assert.Single(line.Gaps);

        // The fork lies in it: nothing of timeline 2 leads over from timeline 1 any more.
        Assert.Equal(small.Backups[1].Manifest.Backup, Assert.Single(line.Spans).Backup);
        Assert.Equal("'000000020000000000000005'", gap.Wal.ToString());
        Assert.Equal((1L, false), (gap.Segments, gap.IsConflict));
        Assert.Equal((line.Fork!.At, line.Spans[0].From), (gap.After, gap.Until));
    }

    [Fact]
    public async Task A_segment_that_the_backup_holds_itself_is_not_missed()
    {
        using var small = await SmallRepository.CreateAsync(TestContext.Current.CancellationToken);
        var store = small.CopyStore();
        await DeleteAsync(store, small.Backups[0].Manifest.WalLast);
        var seen = await LookAsync(small, store, withKeys: true);

        Assert.Empty(seen.Map.Lines[0].Gaps);
        Assert.Equal(small.Backups[0].Manifest.Backup, seen.Map.Lines[0].Spans[0].Backup);
    }

    [Fact]
    public async Task Two_contents_of_a_segment_are_a_conflict()
    {
        using var small = await SmallRepository.CreateAsync(TestContext.Current.CancellationToken);
        var store = small.CopyStore();
        var key = KeyOf(store, Third);
        store.Tamper(new ObjectKey(key.Value[..^32] + new string('0', 32)), store.Peek(key)!);
        var seen = await LookAsync(small, store, withKeys: true);

        Assert.Equal([Third], seen.Conflicts);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_believed_is_a_problem_and_no_backup()
    {
        using var small = await SmallRepository.CreateAsync(TestContext.Current.CancellationToken);
        var store = small.CopyStore();
        var key = Catalog.KeyOf(small.Backups[1].Manifest);
        var bytes = store.Peek(key)!.ToArray();
        bytes[^20] ^= 1;
        store.Tamper(key, bytes);
        var seen = await LookAsync(small, store, withKeys: true);

        Assert.Single(seen.Problems);
        Assert.Equal(2, seen.Backups.Count);
    }

    [Fact]
    public async Task An_empty_repository_promises_nothing()
    {
        using var small = await SmallRepository.CreateAsync(TestContext.Current.CancellationToken);
        var store = small.CopyStore();

        foreach (var key in store.Keys.Where(k => k.Value.StartsWith("backup/", StringComparison.Ordinal)
            || k.Value.StartsWith("wal/", StringComparison.Ordinal)))
            await store.DeleteAsync(key, TestContext.Current.CancellationToken);

        var seen = await LookAsync(small, store, withKeys: false);

        Assert.Null(seen.Map.Tail);
        Assert.Null(seen.Last);
        Assert.Empty(seen.Map.Lines);
    }

    static async Task<RepositoryContents> LookAsync(SmallRepository small, MemoryObjectStore store, bool withKeys)
    {
        var repository = small.Over(store);
        using var keys = withKeys
            ? small.Keys(repository)
            : new KeyRing(repository, small.Lineage, new OpenEpochs(PhysicalFileSystem.Instance, "/nonexistent"), []);

        return await new RepositorySurvey(repository, small.Lineage, keys)
            .RunAsync(TestContext.Current.CancellationToken);
    }

    static ValueTask DeleteAsync(MemoryObjectStore store, string name)
        => store.DeleteAsync(KeyOf(store, name), TestContext.Current.CancellationToken);

    static ObjectKey KeyOf(MemoryObjectStore store, string name)
        => store.Keys.Single(key => key.Value.StartsWith("wal/", StringComparison.Ordinal)
            && key.Name.StartsWith($"{name}-", StringComparison.Ordinal));
}
