using TomoBackup.Storage;
using Xunit;

namespace TomoBackup.Testing.Storage;

/// <summary>What every store promises. A new kind of store derives from this and must pass all of it.</summary>
public abstract class ObjectStoreConformance
{
    const int LargeBytes = 5 * 1024 * 1024 + 17;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract IObjectStore Store { get; }

    /// <summary>Characters that a segment of a key may have; fewer only where the remote behind a store allows no more,
    /// which the store's comment then says.</summary>
    protected virtual int LongestSegment => 255;

    [Fact]
    public async Task Gives_back_what_was_stored()
    {
        Assert.Equal(CommitOutcome.Stored, await Store.PutAsync("wal/a/1", new byte[] { 1, 2, 3 }, Token));
        Assert.Equal([1, 2, 3], await Store.GetAsync("wal/a/1", Token));
    }

    [Fact]
    public async Task Keeps_the_first_object_of_a_key()
    {
        await Store.PutAsync("a/b", new byte[] { 1 }, Token);

        Assert.Equal(CommitOutcome.AlreadyExists, await Store.PutAsync("a/b", new byte[] { 2, 2 }, Token));
        Assert.Equal([1], await Store.GetAsync("a/b", Token));
        Assert.Equal(["a/b"], await Store.KeysAsync("", Token));
    }

    [Fact]
    public async Task Shows_nothing_before_the_commit()
    {
        var key = new ObjectKey("a/b");
        await using var writer = await Store.CreateAsync(key, Token);
        await writer.WriteAsync(new byte[3 << 20], Token);

        Assert.Null(await Store.OpenAsync(key, Token));
        Assert.Empty(await Store.KeysAsync("", Token));

        await writer.CommitAsync(Token);
        Assert.Equal(["a/b"], await Store.KeysAsync("", Token));
    }

    [Fact]
    public async Task Keeps_nothing_of_an_abandoned_object()
    {
        await using (var writer = await Store.CreateAsync(new("a/b"), Token))
            await writer.WriteAsync(new byte[100], Token);

        Assert.Null(await Store.GetAsync("a/b", Token));
        Assert.Empty(await Store.KeysAsync("", Token));
        Assert.Equal(CommitOutcome.Stored, await Store.PutAsync("a/b", new byte[] { 1 }, Token));
    }

    [Fact]
    public async Task Refuses_to_go_on_with_a_committed_writer()
    {
        await using var writer = await Store.CreateAsync(new("a"), Token);
        await writer.CommitAsync(Token);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteAsync(new byte[1], Token));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.CommitAsync(Token));
    }

    [Fact]
    public async Task Stores_an_empty_object()
    {
        Assert.Equal(CommitOutcome.Stored, await Store.PutAsync("empty", ReadOnlyMemory<byte>.Empty, Token));
        Assert.Equal(Array.Empty<byte>(), await Store.GetAsync("empty", Token));
    }

    [Fact]
    public async Task Joins_writes_of_all_sizes_in_their_order()
    {
        var bytes = Noise.Of(LargeBytes);

        await using (var writer = await Store.CreateAsync(new("large"), Token))
        {
            int[] sizes = [1, 0, 100_000, 2 << 20, 3, 1 << 20, 999_999, 48_577];
            var done = 0;

            for (var i = 0; done < bytes.Length; i++)
            {
                var size = Math.Min(sizes[i % sizes.Length], bytes.Length - done);
                await writer.WriteAsync(bytes.AsMemory(done, size), Token);
                done += size;
            }

            await writer.CommitAsync(Token);
        }

        Assert.Equal(bytes, await Store.GetAsync("large", Token));
    }

    [Fact]
    public async Task Lets_the_caller_reuse_its_buffer()
    {
        var buffer = new byte[] { 1, 2 };

        await using (var writer = await Store.CreateAsync(new("a"), Token))
        {
            await writer.WriteAsync(buffer, Token);
            buffer.AsSpan().Fill(9);
            await writer.WriteAsync(buffer, Token);
            await writer.CommitAsync(Token);
        }

        Assert.Equal([1, 2, 9, 9], await Store.GetAsync("a", Token));
    }

    [Fact]
    public virtual async Task Reads_ranges()
    {
        var bytes = Noise.Of(LargeBytes);
        await Store.PutAsync("large", bytes, Token);
        await using var reader = await Store.OpenAsync(new("large"), Token);
        Assert.NotNull(reader);
        Assert.Equal(bytes.Length, reader.Length);

        foreach (var (offset, length) in new[] { (0, 1), (4095, 2), (1 << 20, 1 << 20), (bytes.Length - 1, 1), (7, 0) })
        {
            var range = new byte[length];
            await reader.ReadAsync(offset, range, Token);
            Assert.Equal(bytes.AsSpan(offset, length).ToArray(), range);
        }
    }

    [Fact]
    public async Task Calls_a_read_beyond_the_end_damage()
    {
        await Store.PutAsync("a", new byte[10], Token);
        await using var reader = await Store.OpenAsync(new("a"), Token);

        var failure = await Assert.ThrowsAsync<StoreException>(
            async () => await reader!.ReadAsync(8, new byte[3], Token));

        Assert.Equal(StoreFailure.Damaged, failure.Failure);
    }

    [Fact]
    public async Task Answers_absence_with_null()
    {
        await Store.PutAsync("a/b", new byte[1], Token);

        Assert.Null(await Store.OpenAsync(new("a/c"), Token));
        Assert.Null(await Store.OpenAsync(new("b/c/d"), Token));
        Assert.Null(await Store.OpenAsync(new("a"), Token));
        Assert.Null(await Store.OpenAsync(new("a/b/c"), Token));
    }

    [Fact]
    public async Task Deletes_as_often_as_asked()
    {
        await Store.PutAsync("a/b", new byte[1], Token);
        await Store.PutAsync("a/c", new byte[1], Token);

        await Store.DeleteAsync(new("a/b"), Token);
        await Store.DeleteAsync(new("a/b"), Token);
        await Store.DeleteAsync(new("x/y/z"), Token);
        await Store.DeleteAsync(new("a"), Token);

        Assert.Equal(["a/c"], await Store.KeysAsync("", Token));
        Assert.Null(await Store.GetAsync("a/b", Token));
        Assert.Equal(CommitOutcome.Stored, await Store.PutAsync("a/b", new byte[1], Token));
    }

    [Fact]
    public async Task Lists_in_ordinal_order_of_whole_keys()
    {
        string[] keys =
        [
            "a/b/c", "a/b-c", "a/b.c", "a/b0", "a/b_", "a-/z", "a./z", "a-b", "a.b", "a0", "A/b", "ab/c", "aa", "a/B",
            "a/b/0", "a/b/c-d/e", "a/b/c.d/e", "a/b/C/e", "b", "Z", "_", "a_/z", "0/1", "00/1", "0-/1",
        ];

        foreach (var key in keys)
            await Store.PutAsync(key, new byte[1], Token);

        Assert.Equal(keys.Order(StringComparer.Ordinal), await Store.KeysAsync("", Token));
    }

    [Theory]
    [InlineData("", 7)]
    [InlineData("wal", 5)]
    [InlineData("wal/", 4)]
    [InlineData("wal/1", 3)]
    [InlineData("wal/1/", 2)]
    [InlineData("wal/1/0", 1)]
    [InlineData("wal/1/00", 1)]
    [InlineData("wal/1/00/", 0)]
    [InlineData("w", 6)]
    [InlineData("x", 0)]
    [InlineData("/", 0)]
    [InlineData("wal//", 0)]
    [InlineData("../", 0)]
    [InlineData("wal/../", 0)]
    [InlineData("wal/1/../", 0)]
    public async Task Lists_what_begins_with_a_prefix(string prefix, int count)
    {
        string[] keys = ["wal/1/00", "wal/1/10", "wal/10/00", "wal/2/00", "wal-x", "wb", "a"];

        foreach (var key in keys)
            await Store.PutAsync(key, new byte[1], Token);

        var expected = keys
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        var found = await Store.KeysAsync(prefix, Token);

        Assert.Equal(expected, found);
        Assert.Equal(count, found.Count);
    }

    [Fact]
    public async Task Lists_length_and_time()
    {
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-2);
        await Store.PutAsync("a", new byte[1234], Token);

        var entry = Assert.Single(await Store.ListAsync("", Token).ToListAsync(Token));

        Assert.Equal(1234, entry.Length);
        Assert.InRange(entry.Modified, before, TimeProvider.System.GetUtcNow().AddSeconds(2));
    }

    [Fact]
    public async Task Takes_the_longest_key()
    {
        var key = LongestKey(LongestSegment);
        Assert.Equal(512, key.Length);

        Assert.Equal(CommitOutcome.Stored, await Store.PutAsync(key, new byte[1], Token));
        Assert.Equal([key], await Store.KeysAsync("k", Token));
    }

    [Fact]
    public async Task Does_nothing_when_cancelled_before()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.PutAsync("a", new byte[1], source.Token));
        Assert.Empty(await Store.KeysAsync("", Token));
    }

    static string LongestKey(int segment)
    {
        var key = "";

        for (var left = 512; left > 0; left = 512 - key.Length)
        {
            var length = Math.Min(segment, left);
            key += new string('k', left - length == 1 ? length - 1 : length) + (left > length ? "/" : "");
            key = left - length == 1 ? $"{key}k" : key;
        }

        return key;
    }
}
