using TomoBackup.Storage;
using TomoBackup.Storage.S3;
using TomoBackup.Testing.S3;
using TomoBackup.Testing.Storage;

namespace TomoBackup.Scenarios.S3;

/// <summary>Objects of several parts, and what may become of each of their requests.</summary>
public sealed class S3PartFaultTests(S3Servers servers) : IAsyncLifetime
{
    const int PartBytes = 5 << 20;

    static readonly byte[] Content = Noise.Of(2 * PartBytes + 1000);

    S3Bench _bench = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await S3Bench.StartAsync(servers);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(PartBytes, 1)]
    [InlineData(PartBytes + 1, 2)]
    [InlineData(2 * PartBytes, 2)]
    [InlineData(2 * PartBytes + 1, 3)]
    public async Task Goes_in_parts_from_the_first_byte_that_one_request_does_not_hold(int length, int requests)
    {
        var store = _bench.Open(_bench.Options);

        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", Content.AsMemory(0, length), Token));

        Assert.Equal(Content[..length], await _bench.BytesAsync("a"));
        Assert.Equal(requests, _bench.Count(request => request.IsPart || request.IsPut));
        Assert.Equal(requests > 1 ? 1 : 0, _bench.Count(request => request.IsJoin));
    }

    [Fact]
    public async Task Stores_whatever_passes_at_parts()
    {
        var store = _bench.Open(_bench.Impatient); // one part may meet them all
        _bench.Proxy.Trouble(
            request => request.IsPart,
            new S3Trouble.Answer(500, "InternalError"),
            new S3Trouble.CutRequest(1_000_000),
            new S3Trouble.LostReply(),
            new S3Trouble.BlackHole(),
            new S3Trouble.Answer(200, "InternalError"),
            new S3Trouble.Answer(503, "SlowDown"));

        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", Content, Token));
        Assert.Equal(Content, await _bench.BytesAsync("a"));
        Assert.Equal(0, await _bench.UnfinishedAsync());
    }

    [Theory]
    [InlineData("500", true)]
    [InlineData("500", false)]
    [InlineData("an error that says 200", true)]
    [InlineData("an error that says 200", false)]
    [InlineData("lost reply", true)]
    [InlineData("lost reply", false)]
    [InlineData("black hole", true)]
    public async Task Joins_once_whatever_passes(string name, bool oneCreatorWins)
    {
        S3Trouble trouble = name switch
        {
            "500" => new S3Trouble.Answer(500, "InternalError"),
            "an error that says 200" => new S3Trouble.Answer(200, "InternalError"),
            "lost reply" => new S3Trouble.LostReply(),
            _ => new S3Trouble.BlackHole(),
        };
        var store = _bench.Open(_bench.Options with
        {
            Capabilities = oneCreatorWins ? StoreCapabilities.Amazon : StoreCapabilities.Backblaze,
            Retry = _bench.Options.Retry with { JoinTime = TimeSpan.FromSeconds(1) },
        });
        _bench.Proxy.Trouble(request => request.IsJoin, trouble);

        Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", Content, Token));
        Assert.Equal(Content, await _bench.BytesAsync("a"));
        Assert.Equal(0, await _bench.UnfinishedAsync());
    }

    [Fact]
    public async Task Leaves_nothing_when_a_part_is_refused_in_the_middle()
    {
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.TroubleAlways(
            request => request.IsPart && request.Target.Contains("partNumber=2", StringComparison.Ordinal),
            new S3Trouble.Answer(403, "AccessDenied"));

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", Content, Token));

        Assert.Equal(StoreFailure.Denied, failure.Failure);
        Assert.Contains("unable to store part 2 of 'a'", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await _bench.KeysAsync());
        Assert.Equal(0, await _bench.UnfinishedAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Leaves_the_first_object_and_no_parts_when_it_comes_second(bool oneCreatorWins)
    {
        var store = _bench.Open(_bench.Options with
        {
            Capabilities = oneCreatorWins ? StoreCapabilities.Amazon : StoreCapabilities.Backblaze,
        });
        await store.PutAsync("a", new byte[3], Token);

        Assert.Equal(CommitOutcome.AlreadyExists, await store.PutAsync("a", Content, Token));
        Assert.Equal(new byte[3], await _bench.BytesAsync("a"));
        Assert.Equal(0, await _bench.UnfinishedAsync());
    }

    [Fact]
    public async Task Leaves_no_parts_of_an_abandoned_object()
    {
        var store = _bench.Open(_bench.Options);

        await using (var writer = await store.CreateAsync(new("a"), Token))
            await writer.WriteAsync(Content, Token);

        Assert.Empty(await _bench.KeysAsync());
        Assert.Equal(0, await _bench.UnfinishedAsync());
        Assert.Equal(1, _bench.Count(request => request.IsAbort));
    }

    [Fact]
    public async Task Removes_an_object_of_which_a_part_was_spoiled()
    {
        var store = _bench.Open(_bench.Options);
        _bench.Proxy.Trouble(request => request.IsPart, new S3Trouble.SpoiledRequest()); // moto takes it

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", Content, Token));

        Assert.Equal(StoreFailure.Damaged, failure.Failure);
        Assert.Empty(await _bench.KeysAsync());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(100, true)]
    public async Task Believes_a_difference_that_it_sees_twice(int spoiled, bool isDamage)
    {
        var store = _bench.Open(_bench.Options with { Capabilities = StoreCapabilities.Stranger });
        _bench.Proxy.Trouble(
            request => request.IsGet && !request.Headers["Range"].EndsWith("-0", StringComparison.Ordinal),
            [.. Enumerable.Repeat(new S3Trouble.OtherAnswer(Flip), spoiled)]);

        if (isDamage)
            Assert.Equal(
                StoreFailure.Damaged,
                (await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("a", Content, Token))).Failure);
        else
            Assert.Equal(CommitOutcome.Stored, await store.PutAsync("a", Content, Token));

        Assert.Equal(isDamage ? [] : ["a"], await _bench.KeysAsync());
    }

    [Fact]
    public async Task Sweeps_uploads_that_killed_writers_left()
    {
        var store = _bench.Open(_bench.Options);

        for (var i = 0; i < 3; i++)
            await _bench.Server.Client.InitiateMultipartUploadAsync(_bench.Bucket, $"repository/a/b/{i}", Token);

        await _bench.Server.Client.InitiateMultipartUploadAsync(_bench.Bucket, "another/repository", Token);

        Assert.Equal(3, await store.SweepAsync(TimeSpan.FromDays(1), Token)); // moto calls all uploads old
        Assert.Equal(0, await store.SweepAsync(TimeSpan.FromDays(1), Token));
        Assert.Equal(1, await _bench.UnfinishedAsync());
    }

    static byte[] Flip(byte[] bytes)
    {
        var flipped = bytes.ToArray();
        flipped[flipped.Length / 2] ^= 1;
        return flipped;
    }
}
