using TomoBackup.Storage;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Tests.Storage;

/// <summary>Lets each operation that a store asks of its disk go wrong, one after the other.</summary>
public sealed class LocalStoreFaultTests : IDisposable
{
    const string Key = "wal/1/2";

    static readonly PhysicalFileSystem Files = PhysicalFileSystem.Instance;
    static readonly byte[] Content = [1, 2, 3, 4, 5, 6];

    readonly TemporaryFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Syncs_file_parents_and_directory_in_this_order()
    {
        var plan = FaultPlan.Count();
        var root = NewRoot("r");

        await StoreOn(root, plan).PutAsync(Key, Content, Token);

        var steps = plan.Log
            .Where(step => !step.StartsWith("examine", StringComparison.Ordinal))
            .Select(step => Anonymous(step, root));
        Assert.Equal(
            [
                "create directory R/.incoming", "create R/.incoming/T", "write R/.incoming/T at 0",
                "sync file R/.incoming/T",
                "create directory R/wal", "sync directory R", "create directory R/wal/1", "sync directory R/wal",
                "rename R/.incoming/T to R/wal/1/2", "sync directory R/wal/1",
                "delete R/.incoming/T",
            ],
            steps);
    }

    [Fact]
    public async Task Makes_an_object_durable_that_it_only_found()
    {
        var root = NewRoot("r");
        await StoreOn(root, FaultPlan.Count()).PutAsync(Key, Content, Token);
        var plan = FaultPlan.Count();

        Assert.Equal(CommitOutcome.AlreadyExists, await StoreOn(root, plan).PutAsync(Key, Content, Token));

        Assert.Equal($"sync directory {root}/wal/1", plan.Log[^2]);
    }

    [Fact]
    public async Task Makes_a_delete_durable_even_where_an_earlier_one_did_it()
    {
        var root = NewRoot("r");
        await StoreOn(root, FaultPlan.Count()).PutAsync(Key, Content, Token);

        for (var round = 0; round < 2; round++)
        {
            var plan = FaultPlan.Count();
            await StoreOn(root, plan).DeleteAsync(new(Key), Token);
            Assert.Equal($"sync directory {root}/wal/1", plan.Log[^1]);
        }
    }

    [Fact]
    public async Task Stores_whole_or_not_at_all_wherever_it_fails_or_dies()
    {
        var count = FaultPlan.Count();
        await StoreOn(NewRoot("count"), count).PutAsync(Key, Content, Token);

        foreach (var kind in Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.None))
            for (var n = 1; n <= count.Operations; n++)
                await PutWithFault(FaultPlan.At(n, kind), NewRoot($"{kind}-{n}"), count.Log[n - 1]);
    }

    [Theory]
    [InlineData(StoreFailure.Full)]
    [InlineData(StoreFailure.Denied)]
    [InlineData(StoreFailure.Damaged)]
    [InlineData(StoreFailure.Unreachable)]
    public async Task Names_the_kind_of_failure(StoreFailure kind)
    {
        var root = NewRoot("r");
        await StoreOn(root, FaultPlan.Count()).PutAsync("a", Content, Token);

        // 1 is the look at the root when the store is opened.
        var create = StoreOn(root, FaultPlan.At(4, FaultKind.FailOnce, kind));
        var read = StoreOn(root, FaultPlan.At(3, FaultKind.FailOnce, kind));

        var onCreate = await Assert.ThrowsAsync<StoreException>(() => create.PutAsync("b", Content, Token));
        var onRead = await Assert.ThrowsAsync<StoreException>(() => read.GetAsync("a", Token));

        Assert.Equal((kind, kind), (onCreate.Failure, onRead.Failure));
    }

    [Fact]
    public async Task Writes_small_pieces_in_few_calls_and_large_ones_directly()
    {
        var plan = FaultPlan.Count();

        await using (var writer = await StoreOn(NewRoot("r"), plan).CreateAsync(new("a"), Token))
        {
            for (var i = 0; i < 3000; i++)
                await writer.WriteAsync(new byte[1000], Token);

            await writer.WriteAsync(new byte[8 << 20], Token);
            await writer.CommitAsync(Token);
        }

        Assert.Equal(4, plan.Log.Count(step => step.StartsWith("write", StringComparison.Ordinal)));
    }

    static async Task PutWithFault(FaultPlan plan, string root, string step)
    {
        var failure = await Record.ExceptionAsync(async () => await StoreOn(root, plan).PutAsync(Key, Content, Token));

        Assert.True(failure is null or StoreException or SimulatedCrashException, $"{step}: {failure}");
        await using var after = LocalStore.Open(Files, root, new());
        var found = await after.GetAsync(Key, Token);

        Assert.True(found is null || found.SequenceEqual(Content), $"{step}: half an object");
        Assert.True(found is not null || failure is not null, $"{step}: acknowledged, but not there");
        Assert.Equal(found is null ? [] : [Key], await after.KeysAsync("", Token));
        Assert.Equal(
            found is null ? CommitOutcome.Stored : CommitOutcome.AlreadyExists,
            await after.PutAsync(Key, Content, Token));
    }

    string NewRoot(string name)
    {
        LocalStore.Initialize(Files, _folder[name], new());
        return _folder[name];
    }

    static LocalStore StoreOn(string root, FaultPlan plan)
        => LocalStore.Open(new FaultyFileSystem(Files, plan), root, new());

    static string Anonymous(string step, string root)
        => System.Text.RegularExpressions.Regex.Replace(
            step.Replace(root, "R", StringComparison.Ordinal), @"\.tmp-[0-9a-f]{32}", "T");
}
